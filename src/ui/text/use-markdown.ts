import { useQuery } from "@tanstack/react-query";
import type { RenderText } from "./Prose.tsx";

/** The renderer of Markdown once it has been loaded; `isLoading` until then. */
export function useMarkdown(): { render: RenderText | undefined; isLoading: boolean } {
  const { data, isPending } = useQuery({
    queryKey: ["module", "markdown"],
    queryFn: () => import("./markdown.ts").then(({ renderMarkdown }) => renderMarkdown),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
  return { render: data, isLoading: isPending };
}

import { queryOptions } from "@tanstack/react-query";
import type { Readiness, RediHealth } from "../../contract/pages.ts";
import type { IndexState } from "../../contract/search.ts";
import { ApiError, getJson } from "./request.ts";

const EVERY_MS = 30_000;
/** While something is down its return is looked for more often. */
const EVERY_MS_DOWN = 3_000;

/** Whether the server can serve; an error only when it doesn't answer at all. */
export const readiness = queryOptions({
  queryKey: ["health", "ready"],
  queryFn: async ({ signal }): Promise<Readiness> => {
    const response = await fetch("/api/health/ready", { signal }).catch((cause: Error) => {
      if (cause.name === "AbortError") throw cause;
      throw new ApiError(0, "The server does not answer");
    });
    return (await response.json()) as Readiness;
  },
  retry: false,
  staleTime: 0,
  refetchInterval: ({ state }) =>
    state.status === "success" && state.data?.status === "ready" ? EVERY_MS : EVERY_MS_DOWN,
});

export const rediHealth = queryOptions({
  queryKey: ["health", "redi"],
  queryFn: ({ signal }) => getJson<RediHealth>("/api/redi/health", {}, signal),
  retry: false,
  staleTime: 0,
  refetchInterval: EVERY_MS,
});

export const searchIndex = queryOptions({
  queryKey: ["health", "search"],
  queryFn: ({ signal }) => getJson<IndexState>("/api/search/status", {}, signal),
  retry: false,
  staleTime: 0,
  refetchInterval: EVERY_MS,
});

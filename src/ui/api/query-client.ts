import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./request.ts";

/** What is worth asking for again by itself: nothing that the server has refused with reason. */
function isPassing(error: Error): boolean {
  return !(error instanceof ApiError) || error.status === 503;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // The status in the header tells when the server is back, and what failed is asked for again then.
      networkMode: "always",
      retry: (failures, error) => failures < 2 && isPassing(error),
    },
    mutations: { networkMode: "always" },
  },
});

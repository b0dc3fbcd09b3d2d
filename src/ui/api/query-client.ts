import { QueryCache, QueryClient } from "@tanstack/react-query";
import { readiness } from "./health.ts";
import { ApiError } from "./request.ts";

/** What is worth asking for again by itself: nothing that the server has refused with reason. */
function isPassing(error: Error): boolean {
  return !(error instanceof ApiError) || error.status === 503;
}

const cannotServe = (error: Error) => error instanceof ApiError && [0, 503].includes(error.status);

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // What is down is said at once, not when its state is next asked for.
    onError: (error, { queryKey }) => {
      if (cannotServe(error) && queryKey[0] !== readiness.queryKey[0])
        queryClient.refetchQueries({ queryKey: readiness.queryKey });
    },
  }),
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

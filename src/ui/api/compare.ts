import { queryOptions } from "@tanstack/react-query";
import type { Comparison } from "../../contract/compare.ts";
import { getJson } from "./request.ts";
import type { ReadTrace } from "./traces.ts";

export interface ComparedTraces extends Comparison {
  base: ReadTrace;
  other: ReadTrace;
}

export const comparedTraces = (base: string, other: string) =>
  queryOptions({
    queryKey: ["trace", "compare", base, other],
    queryFn: ({ signal }) => getJson<ComparedTraces>("/api/traces/compare", { base, other }, signal),
    // Traces never change.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });

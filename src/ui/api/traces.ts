import { queryOptions } from "@tanstack/react-query";
import type { ListQuery, ScoreList, TracePage } from "../../contract/pages.ts";
import type { Deleted, TraceStats } from "../../contract/stats.ts";
import type { Trace11 } from "../../contract/trace.ts";
import { getJson, type Parameters, send } from "./request.ts";

export const PAGE_SIZE = 100;

/** One page of a list; pages that nothing shows any more are let go after a while. */
export const tracePage = (filters: Parameters, cursor: string | undefined) =>
  queryOptions({
    queryKey: ["traces", "page", filters, cursor],
    queryFn: ({ signal }) => {
      const query: ListQuery & Parameters = { ...filters, limit: PAGE_SIZE };
      return getJson<TracePage>("/api/traces", { ...query, cursor }, signal);
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 20_000,
  });

/** Counts of the traces that pass; asked for anew whenever they are shown. */
export const traceStats = (filters: Parameters) =>
  queryOptions({
    queryKey: ["traces", "stats", filters],
    queryFn: ({ signal }) => getJson<TraceStats>("/api/traces/stats", filters, signal),
    staleTime: 0,
  });

export interface ReadTrace {
  id: string;
  created_at: string;
  trace_version: string;
  /** Version 1.0 is a part of 1.1. */
  payload: Trace11;
}

export const traceRead = (id: string) =>
  queryOptions({
    queryKey: ["trace", "read", id],
    queryFn: ({ signal }) => getJson<ReadTrace>(`/api/traces/${id}`, {}, signal),
    // A trace never changes.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });

/** The trace as the text that was sent: parsing would round its large numbers. */
export const traceText = (id: string) =>
  queryOptions({
    queryKey: ["trace", "text", id],
    queryFn: async ({ signal }) =>
      payloadOf(await (await send("GET", `/api/traces/${id}`, { signal })).text()),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10_000,
  });

/** The answer is an envelope of three short members, then the payload. */
function payloadOf(answer: string): string {
  const name = '"payload":';
  return answer.slice(answer.indexOf(name) + name.length, answer.lastIndexOf("}")).trim();
}

export const traceScores = (id: string) =>
  queryOptions({
    queryKey: ["trace", "scores", id],
    queryFn: ({ signal }) => getJson<ScoreList>(`/api/traces/${id}/scores`, {}, signal),
  });

/** How many traces pass the filters, counted one by one. */
export const traceCount = (filters: Parameters) =>
  queryOptions({
    queryKey: ["traces", "count", filters],
    queryFn: async ({ signal }) => (await deleteCall({ ...filters, dry_run: "true" }, signal)).deleted,
    staleTime: 0,
    gcTime: 0,
  });

/** Deletes the traces that pass the filters, of which there must be one at least; says how many those were. */
export async function deleteTraces(filters: Parameters): Promise<number> {
  return (await deleteCall(filters)).deleted;
}

async function deleteCall(parameters: Parameters, signal?: AbortSignal): Promise<Deleted> {
  return (await (await send("DELETE", "/api/traces", { parameters, signal })).json()) as Deleted;
}

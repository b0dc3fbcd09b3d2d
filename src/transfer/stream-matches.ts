// Searching traces by a regular expression: all that pass the filters are read, newest first, within bounds.
import type { TraceFilters } from "../contract/filters.ts";
import type { MatchSummary, TraceMatch } from "../contract/matches.ts";
import { compilePattern } from "../search/find-matches.ts";
import type { Queryable } from "../store/database.ts";
import { streamIds } from "../store/list-places.ts";
import { groupBySize, readPayloads } from "../store/read-texts.ts";
import type { MatchedPayloads, MatchTask } from "./match-worker.ts";
import { runInThread } from "./threads.ts";

export interface MatchOptions {
  match: string;
  filters: TraceFilters;
  /** Of matches, of bytes of JSON, of milliseconds; Infinity for none. */
  limits: { matches: number; bytes: number; timeMs: number };
  /** Ends the search, with its reason. */
  signal: AbortSignal;
}

/** Matches as they are found, and at last what was read. Throws 422 for a bad pattern before anything else. */
export async function* streamMatches(
  db: Queryable,
  { match, filters, limits, signal }: MatchOptions,
): AsyncGenerator<TraceMatch[], MatchSummary> {
  compilePattern(match);
  const summary: MatchSummary = { traces: 0, bytes: 0, matches: 0, is_complete: false, stopped_by: null };
  const isTimed = Number.isFinite(limits.timeMs);
  const deadline = performance.now() + limits.timeMs;
  for await (const ids of streamIds(db, filters)) {
    // With `q` many may come to nothing, and take a second each.
    signal.throwIfAborted();
    if (performance.now() > deadline) return { ...summary, stopped_by: "time" };
    for (const group of await groupBySize(db, ids)) {
      signal.throwIfAborted();
      const payloads = await readPayloads(db, group);
      const task: MatchTask = {
        pattern: match,
        payloads: payloads.map(({ payload }) => payload),
        limit: limits.matches - summary.matches,
      };
      // A pattern that is slow, though not without bound, ends with its thread.
      const ends = [signal];
      if (isTimed) ends.push(AbortSignal.timeout(Math.max(1, Math.ceil(deadline - performance.now()))));
      const end = AbortSignal.any(ends);
      const found = await runInThread<MatchedPayloads>("match-worker", task, { signal: end }).catch(
        (error) => {
          signal.throwIfAborted();
          if (end.aborted) return undefined;
          throw error;
        },
      );
      if (found === undefined) return { ...summary, stopped_by: "time" };
      summary.traces += found.read;
      summary.bytes += found.bytes;
      const matches = found.matches.flatMap(({ payload, excerpts }) =>
        excerpts.map((excerpt) => ({ id: payloads[payload]?.id ?? "", ...excerpt })),
      );
      summary.matches += matches.length;
      if (matches.length > 0) yield matches;
      if (summary.matches >= limits.matches) return { ...summary, stopped_by: "limit" };
      if (summary.bytes >= limits.bytes) return { ...summary, stopped_by: "bytes" };
      if (performance.now() > deadline) return { ...summary, stopped_by: "time" };
    }
  }
  return { ...summary, is_complete: true };
}

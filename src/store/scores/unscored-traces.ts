// Traces that are still to be scored by somebody: page by page, so that no snapshot stays open as long as scoring takes.
import type pg from "pg";
import sql, { join, type Sql } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../../contract/filters.ts";
import type { Queryable } from "../database.ts";
import { searchConditions } from "../search/search-condition.ts";
import { type StreamedTrace, streamTraceRows, thoseThatMatch, toTraces } from "../stream-traces.ts";

/** Which of the traces are wanted: those without a score of this name by this one, unless that failed or is pending. */
export interface Unscored {
  filters: TraceFilters;
  /** Undefined wants every trace, scored or not. */
  missing: { name: string; by: string } | undefined;
}

/** Traces that may match; which of them do, their texts tell. */
const PAGE_TRACES = 1_000;

export async function countUnscored(db: Queryable, { filters, missing }: Unscored): Promise<number> {
  if (isContradictory(filters)) return 0;
  const conditions = [...(await searchConditions(db, filters)), ...isMissing(missing)];
  const { rows } = await db.query<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM traces WHERE ${join(conditions, " AND ")}`,
  );
  return rows[0]?.count ?? 0;
}

/** Oldest first, each once. The caller ends the connection if it stops early. */
export async function* streamUnscored(
  client: pg.Client,
  { filters, missing }: Unscored,
  limit = PAGE_TRACES,
): AsyncGenerator<StreamedTrace> {
  let last: StreamedTrace | undefined;
  for (let read = limit; read === limit; ) {
    read = 0;
    const conditions = [...isMissing(missing), ...isAfter(last)];
    for await (const rows of streamTraceRows(client, filters, { conditions, limit })) {
      const candidates = toTraces(rows);
      read += candidates.length;
      last = candidates.at(-1) ?? last;
      yield* thoseThatMatch(candidates, filters.q);
    }
  }
}

function isMissing(missing: Unscored["missing"]): Sql[] {
  if (missing === undefined) return [];
  const { name, by } = missing;
  return [
    sql`NOT EXISTS (
      SELECT FROM scores
      WHERE trace_id = traces.id AND step_i IS NULL AND scores.name = ${name} AND scored_by = ${by}
        AND status IN ('ok', 'invalid')
    )`,
  ];
}

function isAfter(last: StreamedTrace | undefined): Sql[] {
  if (last === undefined) return [];
  return [sql`(traces.created_at, traces.id) > (${last.createdAt}::timestamptz, ${last.id}::uuid)`];
}

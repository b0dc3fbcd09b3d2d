// Pages of traces, newest first, read from narrow columns alone.
import sql, { empty, join } from "sql-template-tag";
import type { ListQuery, TraceItem, TracePage } from "../contract/pages.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Queryable } from "./database.ts";
import { filterConditions } from "./trace-filters.ts";

type ListedRow = Omit<TraceItem, "created_at"> & { created_at: Date };

export async function listTraces(db: Queryable, query: ListQuery): Promise<TracePage> {
  const { limit = 20, offset, cursor, ...filters } = query;
  const conditions = filterConditions(filters);
  if (cursor !== undefined) {
    const place = decodeCursor(cursor, filters);
    conditions.push(sql`(created_at, id) < (${place.createdAt}::timestamptz, ${place.id}::uuid)`);
  }
  // One row more than the page tells whether there is a next one.
  const { rows } = await db.query<ListedRow>(sql`
    SELECT id, created_at, trace_version, prompt_excerpt, answer_excerpt, step_count, char_count,
           completion_tokens, (SELECT name FROM runs WHERE runs.id = run_id) AS run, split, train_step,
           prompt_key AS "group", sample_index, source, model, finish_reason, reward, tags
    FROM traces
    ${conditions.length > 0 ? sql`WHERE ${join(conditions, " AND ")}` : empty}
    ORDER BY created_at DESC, id DESC
    LIMIT ${limit + 1} OFFSET ${offset ?? 0}`);
  const data = rows.slice(0, limit).map((row) => ({ ...row, created_at: row.created_at.toISOString() }));
  const last = rows.length > limit ? data.at(-1) : undefined;
  const place = offset ?? 0;
  return {
    data,
    pagination: {
      limit,
      offset: cursor === undefined ? place : null,
      next_offset: cursor === undefined && last !== undefined ? place + limit : null,
      next_cursor:
        last === undefined ? null : encodeCursor({ createdAt: last.created_at, id: last.id }, filters),
    },
  };
}

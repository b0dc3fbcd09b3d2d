// Pages of traces in any order, read from narrow columns alone.
import sql, { raw } from "sql-template-tag";
import { isContradictory } from "../contract/filters.ts";
import type { ListQuery, TraceItem, TracePage } from "../contract/pages.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Queryable } from "./database.ts";
import { findRows } from "./find-rows.ts";
import { type SearchHit, searchTraces } from "./search/search-traces.ts";
import { traceOrders } from "./trace-order.ts";

type ListedRow = Omit<TraceItem, "created_at"> & { created_at: Date };

const ITEM = raw(`
  id, created_at, trace_version, prompt_excerpt, answer_excerpt, step_count, char_count, completion_tokens,
  (SELECT name FROM runs WHERE runs.id = run_id) AS run, split, train_step, prompt_key AS "group", sample_index,
  source, model, finish_reason, reward, tags, step_types[1:15] AS step_types, encode(step_outline, 'hex') AS step_outline`);

export async function listTraces(db: Queryable, query: ListQuery): Promise<TracePage> {
  const { limit = 20, offset, cursor, sort = "newest", q, ...filters } = query;
  const question = { ...filters, ...(q !== undefined && { q }), sort };
  const order = traceOrders[sort];
  const after = cursor === undefined ? undefined : decodeCursor(cursor, order, question);
  const skipped = offset ?? 0;
  if (q !== undefined) {
    const search = { filters, q, order, place: after, limit, offset: skipped };
    const { hits, next } = await searchTraces(db, search);
    const hasNext = next !== undefined && hits.length > 0;
    return {
      data: await readItems(db, hits),
      pagination: {
        limit,
        offset: cursor === undefined ? skipped : null,
        next_offset: cursor === undefined && hasNext ? skipped + hits.length : null,
        next_cursor: next === undefined ? null : encodeCursor(next, question),
      },
    };
  }
  // One row more than the page tells whether there is a next one.
  const wanted = { select: ITEM, filters, order, after, limit: limit + 1, offset: skipped };
  const rows = isContradictory(filters) ? [] : await findRows<ListedRow>(db, wanted);
  const data = rows.slice(0, limit).map((row) => ({ ...row, created_at: row.created_at.toISOString() }));
  const last = rows.length > limit ? data.at(-1) : undefined;
  return {
    data,
    pagination: {
      limit,
      offset: cursor === undefined ? skipped : null,
      next_offset: cursor === undefined && last !== undefined ? skipped + limit : null,
      next_cursor:
        last === undefined ? null : encodeCursor({ value: last[order.column], id: last.id }, question),
    },
  };
}

/** The items of hits, in their order; those that have gone meanwhile are left out. */
async function readItems(db: Queryable, hits: readonly SearchHit[]): Promise<TraceItem[]> {
  const ids = hits.map(({ id }) => id);
  const { rows } = await db.query<ListedRow>(sql`SELECT ${ITEM} FROM traces WHERE id = ANY(${ids}::uuid[])`);
  const items = new Map(rows.map((row) => [row.id, row]));
  return hits.flatMap(({ id, excerpts }) => {
    const row = items.get(id);
    return row === undefined ? [] : [{ ...row, created_at: row.created_at.toISOString(), excerpts }];
  });
}

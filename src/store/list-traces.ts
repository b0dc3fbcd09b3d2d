// Pages of traces in any order, read from narrow columns alone.
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { isContradictory } from "../contract/filters.ts";
import type { ListQuery, TraceItem, TracePage } from "../contract/pages.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Queryable } from "./database.ts";
import { type SearchHit, searchTraces } from "./search-traces.ts";
import { filterConditions } from "./trace-filters.ts";
import { type OrderPart, partsAfter, traceOrders } from "./trace-order.ts";

type ListedRow = Omit<TraceItem, "created_at"> & { created_at: Date };

export async function listTraces(db: Queryable, query: ListQuery): Promise<TracePage> {
  const { limit = 20, offset, cursor, sort = "newest", ...filters } = query;
  const question = { ...filters, sort };
  const order = traceOrders[sort];
  const place = cursor === undefined ? undefined : decodeCursor(cursor, order, question);
  const skipped = offset ?? 0;
  if (filters.q !== undefined) {
    const search = { filters: { ...filters, q: filters.q }, order, place, limit, offset: skipped };
    const { hits, next } = await searchTraces(db, search);
    const isFull = next !== undefined && hits.length === limit;
    return {
      data: await readItems(db, hits),
      pagination: {
        limit,
        offset: cursor === undefined ? skipped : null,
        next_offset: cursor === undefined && isFull ? skipped + limit : null,
        next_cursor: next === undefined ? null : encodeCursor(next, question),
      },
    };
  }
  // One row more than the page tells whether there is a next one.
  const wanted = { limit: limit + 1, offset: skipped };
  const rows = isContradictory(filters)
    ? []
    : (await db.query<ListedRow>(selectRows(partsAfter(order, place), filterConditions(filters), wanted)))
        .rows;
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

const ITEM = raw(`
  id, created_at, trace_version, prompt_excerpt, answer_excerpt, step_count, char_count, completion_tokens,
  (SELECT name FROM runs WHERE runs.id = run_id) AS run, split, train_step, prompt_key AS "group", sample_index,
  source, model, finish_reason, reward, tags`);

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

/** The parts one after the other: those that have a value, then those that have none. */
function selectRows(
  parts: readonly OrderPart[],
  conditions: readonly Sql[],
  { limit, offset }: { limit: number; offset: number },
): Sql {
  const selects = parts.map(({ condition, orderBy }) => {
    const all = condition === undefined ? conditions : [condition, ...conditions];
    return sql`SELECT ${ITEM} FROM traces WHERE ${join(all, " AND ")} ORDER BY ${orderBy} LIMIT ${limit + offset}`;
  });
  const [only] = selects;
  const rows = selects.length === 1 && only ? only : sql`(${join(selects, ") UNION ALL (")})`;
  return sql`SELECT * FROM (${rows}) AS listed LIMIT ${limit} ${offset > 0 ? sql`OFFSET ${offset}` : empty}`;
}

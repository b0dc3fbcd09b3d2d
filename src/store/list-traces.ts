// Pages of traces in any order, read from narrow columns alone.
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { isContradictory } from "../contract/filters.ts";
import type { ListQuery, TraceItem, TracePage } from "../contract/pages.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import type { Queryable } from "./database.ts";
import { filterConditions } from "./trace-filters.ts";
import { type OrderPart, partsAfter, traceOrders } from "./trace-order.ts";

type ListedRow = Omit<TraceItem, "created_at"> & { created_at: Date };

export async function listTraces(db: Queryable, query: ListQuery): Promise<TracePage> {
  const { limit = 20, offset, cursor, sort = "newest", ...filters } = query;
  const question = { ...filters, sort };
  const order = traceOrders[sort];
  const place = cursor === undefined ? undefined : decodeCursor(cursor, order, question);
  const skipped = offset ?? 0;
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

// A page of the traces that pass filters, in an order. PostgreSQL walks the order's index whenever there is a LIMIT,
// and then reads the whole table for what is rare or lies far from the list's head; or it looks up and sorts half of
// it for what is common. So the choice is made here, bounded both ways:
// 1. Walk a bounded stretch of the order's index. What is common fills the page from it.
// 2. If it doesn't, matches are rare, or lie far off: look all of them up by the indexes of what is asked, and sort.
// Lists with `q` take the same two ways in search-traces.ts, which checks each trace's text on the way.
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import type { Queryable } from "./database.ts";
import { runByIndexes } from "./run-by-indexes.ts";
import { filterConditions, findingConditions, type RowFilters, timeConditions } from "./trace-filters.ts";
import { type OrderPart, type Place, partsAfter, type TraceOrder } from "./trace-order.ts";

/** Entries of an index that are walked, and so rows read at most, before matches are looked up: about 10 ms. */
const WALK = 4_000;

export interface RowsQuery {
  /** What to select from `traces`. */
  select: Sql;
  filters: RowFilters;
  order: TraceOrder;
  /** The rows after this one. */
  after?: Place | undefined;
  limit: number;
  offset: number;
}

export async function findRows<Row extends object>(db: Queryable, query: RowsQuery): Promise<Row[]> {
  const { filters } = query;
  const conditions = filterConditions(filters);
  const parts = partsAfter(query.order, query.after);
  const finding = findingConditions(filters).length;
  const isRare = filters.id !== undefined || filters.group !== undefined;
  // Times are a stretch of the walk itself, and what is merely left out cannot be looked up.
  const canLookUp = finding > (isByTime(query.order) ? timeConditions(filters).length : 0);
  if (!canLookUp) return (await db.query<Row>(walkAll(parts, conditions, query))).rows;
  if (!isRare) {
    const rows = await runByIndexes<Row>(db, walk(parts, conditions, query));
    if (rows.length === query.limit) return rows;
  }
  return runByIndexes(db, lookUp(conditions, query));
}

const isByTime = ({ column }: TraceOrder) => column === "created_at";
const and = (conditions: readonly Sql[]) => join(conditions, " AND ");

/** Nothing to look up by: along the order until the page is full. */
function walkAll(parts: readonly OrderPart[], conditions: readonly Sql[], query: RowsQuery): Sql {
  const { select, limit, offset } = query;
  return oneAfterTheOther(query, parts, ({ condition, orderBy }) => {
    const all = condition ? [condition, ...conditions] : conditions;
    return sql`SELECT ${select} FROM traces WHERE ${and(all)} ORDER BY ${orderBy} LIMIT ${limit + offset}`;
  });
}

function walk(parts: readonly OrderPart[], conditions: readonly Sql[], query: RowsQuery): Sql {
  const { select, filters, order, limit, offset } = query;
  const stretch = isByTime(order) ? findStretch(filters, order) : undefined;
  const times = isByTime(order) ? timeConditions(filters) : [];
  return oneAfterTheOther(query, parts, ({ condition, orderBy }) => {
    const within = [...(stretch?.conditions ?? []), ...times, ...(condition ? [condition] : [])];
    return sql`
      SELECT ${select} FROM (
        SELECT * FROM traces ${within.length > 0 ? sql`WHERE ${and(within)}` : empty}
        ORDER BY ${stretch ? sql`${stretch.orderBy}, ` : empty}${orderBy}
        LIMIT ${WALK + limit + offset}
      ) AS traces
      WHERE ${and(conditions)} LIMIT ${limit + offset}`;
  });
}

/**
 * The index by time within one run, model or source, where one is asked for. As a range and ordered by it, because
 * for an equality PostgreSQL would rather walk the index of all times and filter.
 */
function findStretch({ run, model, source }: RowFilters, { isDescending }: TraceOrder) {
  const direction = raw(isDescending ? "DESC" : "ASC");
  const by = (column: Sql, value: Sql) => ({
    conditions: [sql`${column} >= ${value}`, sql`${column} <= ${value}`],
    orderBy: sql`${column} ${direction}`,
  });
  if (run !== undefined) return by(raw("traces.run_id"), sql`(SELECT id FROM runs WHERE name = ${run})`);
  if (model !== undefined) return by(raw('traces.model COLLATE "C"'), sql`${model}`);
  if (source !== undefined) return by(raw('traces.source COLLATE "C"'), sql`${source}`);
  return undefined;
}

/** The parts one after the other: what has a value in the order, then what has none. */
function oneAfterTheOther(
  { limit, offset }: RowsQuery,
  parts: readonly OrderPart[],
  selectPart: (part: OrderPart) => Sql,
): Sql {
  const selects = parts.map(selectPart);
  return sql`
    SELECT * FROM ((${join(selects, ") UNION ALL (")})) AS found
    LIMIT ${limit} ${offset > 0 ? sql`OFFSET ${offset}` : empty}`;
}

/** All matches, sorted. The OFFSET keeps PostgreSQL from walking the order's index after all. */
function lookUp(conditions: readonly Sql[], { select, order, after, limit, offset }: RowsQuery): Sql {
  const { condition, orderBy } = wholeOrder(order, after);
  const all = condition ? [...conditions, condition] : conditions;
  return sql`
    SELECT ${select} FROM (SELECT * FROM traces WHERE ${and(all)} OFFSET 0) AS traces
    ORDER BY ${orderBy} LIMIT ${limit} OFFSET ${offset}`;
}

/** All parts as one condition and order, for what is sorted anyway. */
function wholeOrder(order: TraceOrder, after: Place | undefined): OrderPart {
  const parts = partsAfter(order, after);
  const direction = raw(order.isDescending ? "DESC" : "ASC");
  const conditions = parts.flatMap(({ condition }) => (condition ? [condition] : []));
  return {
    condition: after === undefined ? undefined : sql`(${join(conditions, " OR ")})`,
    orderBy: sql`traces.${raw(order.column)} ${direction} NULLS LAST, traces.id ${direction}`,
  };
}

// A page of the traces that pass filters, in an order. PostgreSQL walks the order's index whenever there is a LIMIT,
// and then reads the whole table for what is rare or lies far from the list's head; or it looks up and sorts half of
// it for what is common. So the choice is made here, bounded both ways:
// 1. Walk a bounded stretch of the order's index. What is common fills the page from it.
// 2. If it doesn't, matches are rare, or lie far off. Where there must be many, walk on, further.
// 3. Look all of them up by the indexes of what is asked, and sort.
// Lists with `q` take the same ways in search-traces.ts, which checks each trace's text on the way.
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import type { Queryable } from "./database.ts";
import { runByIndexes } from "./run-by-indexes.ts";
import {
  filterConditions,
  findingConditions,
  hasScore,
  lookupConditions,
  orderConditions,
  type RowFilters,
  VISIBLE,
} from "./trace-filters.ts";
import { type OrderPart, type Place, partsAfter, type TraceOrder } from "./trace-order.ts";

/** Entries of an index that are walked, and so rows read at most, before matches are looked up: about 10 ms. */
const WALK = 4_000;

/**
 * Where so many match and none of them was among the first, they come in a stretch of their own. Along time rows lie
 * side by side on disk: 1.2 µs each, where fetching and sorting one of those takes 2.
 */
const LONG_WALK = { entries: 150_000, leastMatches: 30_000 };

/** Traces with a score that are fetched by their ids at most, 2 µs each. */
const MAX_SCORED = 60_000;

/**
 * To have PostgreSQL combine the bitmaps of all conditions before it fetches a row, although by its statistics they seldom
 * rule each other out: a row fetched costs 1 to 10 µs, an entry of an index 0.1. A bitmap of a million fits into memory.
 */
const FETCH_LITTLE = "SET LOCAL cpu_tuple_cost = 0.5; SET LOCAL work_mem = '32MB'; ";

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
  const { filters, order, limit } = query;
  const conditions = filterConditions(filters);
  // A range of the order's own is a stretch of the walk, in which nothing is without a value.
  const range = orderConditions(filters, order.column);
  const parts = partsAfter(order, query.after).filter(({ isNull }) => range.length === 0 || !isNull);
  if (parts.length === 0) return [];
  const isRare = filters.id !== undefined || filters.group !== undefined;
  // What is merely left out cannot be looked up.
  const canLookUp = findingConditions(filters).length > range.length;
  if (!canLookUp) return (await db.query<Row>(walkAll(parts, conditions, query))).rows;
  if (isRare) return await lookUp(db, query);
  const rows = await walkShortly<Row>(db, parts, conditions, query);
  if (rows.length === limit) return rows;
  const { matches, isScored, few } = await estimateMatches(db, query);
  if (isByTime(order) && !isScored && matches >= LONG_WALK.leastMatches) {
    const entries = Math.min(matches, LONG_WALK.entries);
    const more = await runByIndexes<Row>(db, walk(parts, conditions, query, entries));
    if (more.length === limit) return more;
  }
  return await lookUp(db, query, few);
}

/** A page that is not full tells nothing. */
async function walkShortly<Row extends object>(
  db: Queryable,
  parts: readonly OrderPart[],
  conditions: readonly Sql[],
  query: RowsQuery,
): Promise<Row[]> {
  const [first, ...others] = parts as [OrderPart, ...OrderPart[]];
  const rows = await runByIndexes<Row>(db, walk([first], conditions, query, WALK));
  if (rows.length === query.limit || others.length === 0) return rows;
  // What has no value comes next only where all that has one was walked.
  const [counted] = await runByIndexes<{ entries: number }>(db, countEntries(first, query, WALK));
  if (counted === undefined || counted.entries >= lengthOf(query, WALK)) return rows;
  return runByIndexes<Row>(db, walk(parts, conditions, query, WALK));
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

function walk(
  parts: readonly OrderPart[],
  conditions: readonly Sql[],
  query: RowsQuery,
  entries: number,
): Sql {
  const { select, filters, order, limit, offset } = query;
  const stretch = isByTime(order) ? findStretch(filters, order) : undefined;
  return oneAfterTheOther(query, parts, (part) => {
    const within = [...(stretch?.conditions ?? []), ...conditionsWithin(part, query)];
    const along = stretch ? sql`${stretch.orderBy}, ${part.orderBy}` : part.orderBy;
    // Ordered twice: for a condition on scores PostgreSQL may join them, which keeps no order.
    return sql`
      SELECT ${select} FROM (
        SELECT * FROM traces ${within.length > 0 ? sql`WHERE ${and(within)}` : empty}
        ORDER BY ${along} LIMIT ${lengthOf(query, entries)}
      ) AS traces
      WHERE ${and(conditions)} ORDER BY ${along} LIMIT ${limit + offset}`;
  });
}

/** How many entries a walk along a part comes to; those of the index alone. */
function countEntries(part: OrderPart, query: RowsQuery, entries: number): Sql {
  const within = and([raw("true"), ...conditionsWithin(part, query)]);
  return sql`
    SELECT count(*)::int AS entries
    FROM (SELECT FROM traces WHERE ${within} LIMIT ${lengthOf(query, entries)}) AS walked`;
}

const lengthOf = ({ limit, offset }: RowsQuery, entries: number) => entries + limit + offset;

function conditionsWithin({ condition }: OrderPart, { filters, order }: RowsQuery): Sql[] {
  return [...orderConditions(filters, order.column), ...(condition ? [condition] : [])];
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

interface Estimate {
  /** Traces that the indexes find, by PostgreSQL's statistics. */
  matches: number;
  /** Whether they must have scores beside their row, which a walk looks up one by one. */
  isScored: boolean;
  /** Scores that few traces have, by their places among those asked for. */
  few: Set<number>;
}

async function estimateMatches(db: Queryable, { filters }: RowsQuery): Promise<Estimate> {
  const { indexed, scored } = lookupConditions(filters);
  const [plan] = await runByIndexes<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(
    db,
    sql`EXPLAIN (FORMAT JSON) SELECT FROM traces WHERE ${and([raw("true"), ...indexed])}`,
  );
  const found: Estimate = {
    matches: plan?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0,
    isScored: scored.length > 0,
    few: new Set(),
  };
  const most = Math.min(MAX_SCORED, found.matches);
  for (const [place, condition] of scored.entries()) {
    const [counted] = await runByIndexes<{ count: number }>(
      db,
      sql`SELECT count(*)::int FROM (SELECT FROM scores WHERE ${condition} LIMIT ${most + 1}) AS few`,
    );
    if (counted !== undefined && counted.count <= most) found.few.add(place);
  }
  return found;
}

/** All matches, sorted. The OFFSET keeps PostgreSQL from walking the order's index after all. */
async function lookUp<Row extends object>(db: Queryable, query: RowsQuery, few = new Set<number>()) {
  const { select, filters, order, after, limit, offset } = query;
  const { indexed, scored, comparing } = lookupConditions(filters);
  const { condition, orderBy } = wholeOrder(order, after);
  // By their ids rows are fetched in the order in which they lie, and compared; a join would fetch each by itself.
  const having = scored.map((score, place) =>
    few.has(place)
      ? sql`traces.id = ANY (ARRAY(SELECT trace_id FROM scores WHERE ${score}))`
      : hasScore(score),
  );
  const all = [raw(VISIBLE), ...indexed, ...having, ...(condition ? [condition] : [])];
  const statement = sql`
    SELECT ${select} FROM (SELECT * FROM traces WHERE ${and(all)} OFFSET 0) AS traces
    ${comparing.length > 0 ? sql`WHERE ${and(comparing)}` : empty}
    ORDER BY ${orderBy} LIMIT ${limit} OFFSET ${offset}`;
  const settings = few.size === 0 ? FETCH_LITTLE : `${FETCH_LITTLE}SET LOCAL enable_indexscan = off; `;
  return runByIndexes<Row>(db, statement, settings);
}

/** All parts as one condition and order, for what is sorted anyway. */
function wholeOrder(order: TraceOrder, after: Place | undefined): Omit<OrderPart, "isNull"> {
  const parts = partsAfter(order, after);
  const direction = raw(order.isDescending ? "DESC" : "ASC");
  const conditions = parts.flatMap(({ condition }) => (condition ? [condition] : []));
  return {
    condition: after === undefined ? undefined : sql`(${join(conditions, " OR ")})`,
    orderBy: sql`traces.${raw(order.column)} ${direction} NULLS LAST, traces.id ${direction}`,
  };
}

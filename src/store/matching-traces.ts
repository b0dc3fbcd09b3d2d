// Traces to count over: all that match when they are few, else those on a random sample of the table's pages.
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import type { TraceFilters } from "../contract/filters.ts";
import { isIndexed } from "../search/match-trace.ts";
import { parseQuery } from "../search/parse-query.ts";
import type { Queryable } from "./database.ts";
import { inlineValues } from "./inline-values.ts";
import { searchConditions } from "./search/search-condition.ts";
import { findingConditions } from "./trace-filters.ts";

/** A table of no more rows is looked at whole: some ten milliseconds. */
const ALL_ROWS = 20_000;
/** If one in so many of the sample's rows matches, that is enough to reckon with; else all matches are looked up. */
const ENOUGH = 30;
/** Any seed will do: the same pages each time are in memory, and counts do not waver from one write to the next. */
const SAME_PAGES = raw("REPEATABLE (7)");

export interface Counting {
  filters: TraceFilters;
  /** A further condition, and whether an index finds what it holds for. */
  condition?: { sql: Sql; isFinding: boolean } | undefined;
  /** What to count with, of the row of `traces`. */
  columns: Sql;
  /** The counts: a SELECT from `matching`, which has those columns. */
  counts: Sql;
  /** Rows of the table to look at when it has more. */
  sampleRows: number;
  /** So many matches are counted one by one, in a table of any size, where an index finds them; none unless said. */
  exactUpTo?: number;
}

export interface Counted<Row> {
  rows: Row[];
  /** How many traces match; an estimate when the share is below 1. */
  traces: number;
  share: number;
  /** Whether it was reckoned from a sample, or for a phrase from the index alone. */
  isApproximate: boolean;
}

export async function countMatching<Row extends object>(
  db: Queryable,
  counting: Counting,
): Promise<Counted<Row>> {
  const { filters, condition, sampleRows, exactUpTo = 0 } = counting;
  const { q, ...others } = filters;
  const conditions = [...(await searchConditions(db, filters)), ...(condition ? [condition.sql] : [])];
  const isExactly = q === undefined || isIndexed(parseQuery(q));
  const rows = await estimateRows(db);
  const share = rows <= ALL_ROWS ? 1 : Math.min(1, sampleRows / rows);
  const canLookUp = q !== undefined || findingConditions(others).length > 0 || condition?.isFinding === true;
  if (share < 1 && filters.id === undefined && filters.group === undefined) {
    const sampled = await run<Row>(
      db,
      counting,
      conditions,
      sql`TABLESAMPLE SYSTEM (${100 * share}) ${SAME_PAGES}`,
    );
    const isMany = sampled.traces >= sampleRows / ENOUGH && sampled.traces / share > exactUpTo;
    if (!canLookUp || isMany)
      return { ...sampled, traces: Math.round(sampled.traces / share), share, isApproximate: true };
  }
  // As in find-rows.ts: what the sample has shown to be few is not looked for in the whole table.
  const settings = share < 1 ? "SET LOCAL enable_seqscan = off; SET LOCAL jit = off;" : "";
  const counted = await run<Row>(db, counting, conditions, empty, settings);
  return { ...counted, share: 1, isApproximate: !isExactly };
}

/** From the table's size and the rows on a page when it was last analysed: free, and right within some percent. */
async function estimateRows(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ estimate: number }>(`
    SELECT pg_relation_size(oid) / current_setting('block_size')::int
           * CASE WHEN relpages > 0 AND reltuples > 0 THEN reltuples / relpages ELSE 10 END AS estimate
    FROM pg_class WHERE oid = 'traces'::regclass`);
  return rows[0]?.estimate ?? 0;
}

async function run<Row>(
  db: Queryable,
  { columns, counts }: Counting,
  conditions: readonly Sql[],
  sample: Sql,
  settings = "",
) {
  const statement = sql`
    WITH matching AS MATERIALIZED (
      SELECT ${columns} FROM traces ${sample} WHERE ${join([...conditions], " AND ")}
    )
    SELECT (SELECT count(*) FROM matching)::int AS traces,
           coalesce((SELECT json_agg(counts) FROM (${counts}) AS counts), '[]') AS rows`;
  const results = [await db.query(settings + inlineValues(statement))].flat();
  return results.at(-1)?.rows[0] as { traces: number; rows: Row[] };
}

/** A count in the sample, as one in all. */
export function scaled(count: number, share: number): number {
  return Math.round(count / share);
}

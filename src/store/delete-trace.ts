import type pg from "pg";
import sql, { join, raw, type Sql } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../contract/filters.ts";
import { matchesTrace } from "../search/match-trace.ts";
import { parseQuery, type SearchQuery } from "../search/parse-query.ts";
import type { Queryable } from "./database.ts";
import { inlineValues } from "./inline-values.ts";
import { streamIds } from "./list-places.ts";
import { readTexts } from "./read-texts.ts";
import { noteRunChanges } from "./runs/run-changes.ts";
import { waitForIndex } from "./search/catch-up-index.ts";
import { searchConditions } from "./search/search-condition.ts";
import { filterConditions, VISIBLE } from "./trace-filters.ts";
import { type DeletionDatabase, withLister } from "./with-lister.ts";

/** Deletes the trace and all that hangs on it; false when there is none with this id. */
export async function deleteTrace(db: Queryable, id: string): Promise<boolean> {
  return (await deleteTraces(db, sql`id = ${id} AND ${raw(VISIBLE)}`)) === 1;
}

/**
 * Deletes the traces for which the condition holds, with all that hangs on them, in one statement; returns how many.
 * Tokens and scores go by their foreign keys; whatever else hangs on a trace is deleted here, as payloads are.
 */
export async function deleteTraces(db: Queryable, condition: Sql): Promise<number> {
  const { rows } = await db.query<{ count: number }>(sql`
    WITH gone AS (DELETE FROM traces WHERE ${condition} RETURNING id, run_id, split, train_step),
         gone_payloads AS (DELETE FROM trace_payloads USING gone WHERE trace_id = gone.id),
         gone_pending AS (INSERT INTO search_pending (trace_id) SELECT id FROM gone),
         changes AS (${noteRunChanges(sql`gone`, "removed")})
    SELECT count(*)::int AS count FROM gone`);
  return rows[0]?.count ?? 0;
}

/** Traces in one transaction: a fraction of a second, so that nobody waits long for what it holds. */
const BATCH = 2_000;

/**
 * Deletes what matches when the call begins, in transactions of some thousand, and tells how many are gone after each;
 * returns how many in all.
 */
export async function deleteMatching(
  database: DeletionDatabase,
  filters: TraceFilters,
  signal: AbortSignal,
  onBatch?: (deleted: number) => void,
): Promise<number> {
  if (isContradictory(filters)) return 0;
  const { pool } = database;
  if (filters.q !== undefined) await waitForIndex(pool);
  return withLister(database, signal, async (lister) => {
    let deleted = 0;
    for await (const ids of listDoomed(lister, filters)) {
      signal.throwIfAborted();
      deleted += await deleteTraces(pool, sql`id = ANY(${ids}::uuid[])`);
      onBatch?.(deleted);
    }
    return deleted;
  });
}

/** The ids of all traces that match now, some thousand at a time, in the order in which they lie on disk. */
async function* listDoomed(client: pg.Client, filters: TraceFilters): AsyncGenerator<string[]> {
  const query = filters.q === undefined ? undefined : parseQuery(filters.q);
  const matching = sql`SELECT id FROM traces WHERE ${join(await searchConditions(client, filters), " AND ")}`;
  await client.query(`
    CREATE TEMP TABLE doomed AS
    SELECT id, row_number() OVER () AS place FROM (${inlineValues(matching)} ORDER BY traces.ctid) AS matching`);
  await client.query("CREATE INDEX ON doomed (place); ANALYZE doomed");
  const { rows } = await client.query<{ count: number }>("SELECT count(*)::int AS count FROM doomed");
  for (let place = 0; place < (rows[0]?.count ?? 0); place += BATCH) {
    const batch = await client.query<{ id: string }>(
      sql`SELECT id FROM doomed WHERE place > ${place} AND place <= ${place + BATCH}`,
    );
    const ids = batch.rows.map(({ id }) => id);
    yield query === undefined ? ids : await checkedIds(client, query, ids);
  }
}

/** Those of the traces whose text has what is asked for: the index knows words, and only by their hashes. */
async function checkedIds(db: Queryable, query: SearchQuery, ids: readonly string[]): Promise<string[]> {
  const checked: string[] = [];
  for await (const { id, texts } of readTexts(db, ids)) if (matchesTrace(query, texts)) checked.push(id);
  return checked;
}

export async function countMatchingExactly(
  db: Queryable,
  filters: TraceFilters,
  signal: AbortSignal,
): Promise<number> {
  if (isContradictory(filters)) return 0;
  const { q, ...others } = filters;
  if (q !== undefined) {
    await waitForIndex(db);
    let count = 0;
    for await (const ids of streamIds(db, filters)) {
      signal.throwIfAborted();
      count += ids.length;
    }
    return count;
  }
  const conditions = join(filterConditions(others), " AND ");
  const { rows } = await db.query<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM traces WHERE ${conditions}`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * What a deleted run has left counts as gone: its ids are free. Deletes those traces of these ids; returns how many.
 * The reaper may come to them only later, and a trace that is sent again must not be taken for one that is there.
 */
export async function deleteLeftovers(db: Queryable, ids: readonly string[]): Promise<number> {
  const ofDeleted = sql`run_id IN (SELECT id FROM runs WHERE deleted_at IS NOT NULL)`;
  return deleteTraces(db, sql`id = ANY(${ids}::uuid[]) AND ${ofDeleted}`);
}

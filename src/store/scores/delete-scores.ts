// Deleting scores by what they have in common, any number of them, in transactions of bounded size.
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import sql, { join, raw, type Sql } from "sql-template-tag";
import type { ScoreSelection } from "../../contract/scores.ts";
import { CopyDecoder } from "../copy/copy-decoder.ts";
import type { Queryable } from "../database.ts";
import { inlineValues } from "../inline-values.ts";
import { noteRunChanges } from "../runs/run-changes.ts";
import { VISIBLE } from "../trace-filters.ts";
import { inTransaction } from "../transaction.ts";
import { type DeletionDatabase, withLister } from "../with-lister.ts";
import { followReward, isReward, lockTraces } from "./follow-reward.ts";

/** Scores deleted together; a single trace's are never parted. */
const BATCH_SCORES = 5_000;

export async function countScores(db: Queryable, selection: ScoreSelection): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    sql`SELECT count(*)::int AS count FROM ${selectedScores(selection)}`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * Deletes the scores that are there when it begins, and tells after each commit how many have gone so far; returns
 * how many in all.
 */
export async function deleteScores(
  database: DeletionDatabase,
  selection: ScoreSelection,
  signal: AbortSignal,
  onBatch?: (deleted: number) => void,
): Promise<number> {
  const { pool } = database;
  if (selection.trace_id !== undefined) {
    const id = selection.trace_id.toLowerCase();
    const deleted = await deleteBatch(pool, selection, [id]);
    onBatch?.(deleted);
    return deleted;
  }
  return withLister(database, signal, async (lister) => {
    let deleted = 0;
    for await (const batch of streamBatches(lister, selection)) {
      signal.throwIfAborted();
      deleted += await deleteBatch(pool, selection, batch);
      onBatch?.(deleted);
    }
    return deleted;
  });
}

/** The ids of traces that have such scores, from one snapshot: none is looked for twice among rows just deleted. */
async function* streamBatches(client: pg.Client, selection: ScoreSelection): AsyncGenerator<string[]> {
  const traces = sql`
    SELECT trace_id::text, count(*)::int FROM ${selectedScores(selection)} GROUP BY trace_id ORDER BY trace_id`;
  const copy = client.query(copyTo(`COPY (${inlineValues(traces)}) TO STDOUT (FORMAT binary)`));
  // One that is left early hears of its connection's end when nobody listens any more.
  copy.on("error", () => {});
  const decoder = new CopyDecoder();
  let ids: string[] = [];
  let scores = 0;
  for await (const chunk of copy) {
    for (const [id, count] of decoder.decode(chunk as Buffer)) {
      ids.push(String(id));
      scores += count?.readInt32BE() ?? 0;
      if (scores < BATCH_SCORES) continue;
      yield ids;
      ids = [];
      scores = 0;
    }
  }
  if (ids.length > 0) yield ids;
}

function deleteBatch(pool: pg.Pool, selection: ScoreSelection, ids: readonly string[]): Promise<number> {
  // Any of them may have been given a reward since they were listed.
  const rewarded = isReward({ name: selection.name ?? "reward", stepI: null }) ? ids : [];
  return inTransaction(pool, async (client) => {
    await lockTraces(client, rewarded);
    const { rows } = await client.query<{ count: number }>(sql`
      WITH gone AS (
        DELETE FROM scores USING traces
        WHERE traces.id = trace_id AND trace_id = ANY(${ids}::uuid[]) AND ${conditions(selection)}
        RETURNING trace_id
      ), changes AS (
        ${noteRunChanges(sql`(SELECT * FROM traces WHERE id IN (SELECT trace_id FROM gone))`, "scored")}
      )
      SELECT count(*)::int AS count FROM gone`);
    await followReward(client, rewarded);
    return rows[0]?.count ?? 0;
  });
}

function selectedScores(selection: ScoreSelection): Sql {
  return sql`scores JOIN traces ON traces.id = trace_id WHERE ${conditions(selection)}`;
}

/** On the columns of `scores` and of their `traces`. */
function conditions({ run, trace_id, name, by }: ScoreSelection): Sql {
  const all = [raw(VISIBLE)];
  if (run !== undefined) all.push(sql`traces.run_id = (SELECT id FROM runs WHERE runs.name = ${run})`);
  if (trace_id !== undefined) all.push(sql`trace_id = ${trace_id}`);
  if (name !== undefined) all.push(sql`scores.name = ${name}`);
  if (by !== undefined) all.push(sql`scored_by = ${by}`);
  return join(all, " AND ");
}

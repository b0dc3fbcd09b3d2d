// Deleting a run: gone from every answer with one row's change, and its traces some thousands at a time afterwards.
import type pg from "pg";
import sql from "sql-template-tag";
import type { RunDeleted } from "../../contract/runs.ts";
import type { Queryable } from "../database.ts";
import { deleteTraces } from "../delete-trace.ts";
import { getRun, runNotFound } from "./list-runs.ts";

/** Traces deleted in one transaction: 0.1 to 0.3 s, and no lock is held longer. */
const BATCH_ROWS = 2_000;
/**
 * The row of a deleted run is kept so long. Whoever had looked its number up before may still store into it, and
 * those traces must neither show nor stay: they were sent before the run was deleted, and go with it.
 */
const KEPT = "1 day";

/** Takes the name away and hides the run; `reapRuns` does the rest. Throws 404. */
export async function deleteRun(db: Queryable, name: string): Promise<RunDeleted> {
  const { traces } = await getRun(db, name);
  const { rowCount } = await db.query(sql`
    UPDATE runs SET name = NULL, deleted_at = now(), hidden_at = coalesce(hidden_at, now()) WHERE name = ${name}`);
  if (rowCount === 0) throw runNotFound(name);
  return { name, traces };
}

export interface ReapOptions {
  /** Ends between two batches; what is left is for the next call. */
  signal: AbortSignal;
  onReaped?(traces: number): void;
}

/** Deletes what deleted runs have left. Several at once, in whatever process, take turns batch by batch. */
export async function reapRuns(pool: pg.Pool, { signal, onReaped }: ReapOptions): Promise<void> {
  const { rows } = await pool.query<{ id: number }>(
    "SELECT id FROM runs WHERE deleted_at IS NOT NULL ORDER BY id",
  );
  for (const { id } of rows) {
    for (let reaped = BATCH_ROWS; reaped === BATCH_ROWS; ) {
      if (signal.aborted) return;
      reaped = await reapBatch(pool, id);
      onReaped?.(reaped);
    }
    for (const table of ["step_rollouts", "run_changes", "run_steps"])
      await pool.query(`DELETE FROM ${table} WHERE run_id = $1`, [id]);
  }
  await pool.query(`DELETE FROM runs WHERE deleted_at < now() - interval '${KEPT}' AND id = ANY($1)`, [
    rows.map(({ id }) => id),
  ]);
}

function reapBatch(pool: pg.Pool, runId: number): Promise<number> {
  return deleteTraces(
    pool,
    sql`id IN (SELECT id FROM traces WHERE run_id = ${runId} LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED)`,
  );
}

import sql, { raw, type Sql } from "sql-template-tag";
import type { Queryable } from "./database.ts";
import { noteRunChanges } from "./run-changes.ts";
import { VISIBLE } from "./trace-filters.ts";

/** Deletes the trace and all that hangs on it; false when there is none with this id. */
export async function deleteTrace(db: Queryable, id: string): Promise<boolean> {
  return (await deleteTraces(db, sql`id = ${id} AND ${raw(VISIBLE)}`)) === 1;
}

/** Deletes the traces for which the condition holds, in one statement; returns how many. */
export async function deleteTraces(db: Queryable, condition: Sql): Promise<number> {
  const { rows } = await db.query<{ count: number }>(sql`
    WITH gone AS (DELETE FROM traces WHERE ${condition} RETURNING id, run_id, split, train_step),
         gone_payloads AS (DELETE FROM trace_payloads USING gone WHERE trace_id = gone.id),
         gone_pending AS (INSERT INTO search_pending (trace_id) SELECT id FROM gone),
         changes AS (${noteRunChanges(sql`gone`, "removed")})
    SELECT count(*)::int AS count FROM gone`);
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

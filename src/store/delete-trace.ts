import type { Queryable } from "./database.ts";

/** Deletes the trace and all that hangs on it; false when there is none with this id. */
export async function deleteTrace(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `WITH gone AS (DELETE FROM traces WHERE id = $1 RETURNING id),
          gone_payloads AS (DELETE FROM trace_payloads WHERE trace_id = $1)
     SELECT id FROM gone`,
    [id],
  );
  return rowCount === 1;
}

// `traces.reward` repeats one of the trace's scores: whoever changes those keeps it in step, in the same transaction.
import type { ScoreRow } from "../../trace/trace-row.ts";
import type { Queryable } from "../database.ts";

/** Whether the score may be the one that its trace's reward repeats. */
export function isReward({ name, stepI }: Pick<ScoreRow, "name" | "stepI">): boolean {
  return name === "reward" && stepI === null;
}

/**
 * Two that score one trace under different names of `by` do not meet in the scores: each would overlook the other's.
 * So they take turns at the trace, from before they write until they commit. Everybody locks in the order of ids.
 */
export async function lockTraces(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.query("SELECT FROM traces WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", [ids]);
}

/** The newest valid reward counts, of equally new ones that of the last `by` in the order of its bytes. */
export async function followReward(db: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.query(
    `UPDATE traces SET reward = newest.value
     FROM unnest($1::uuid[]) AS changed (id)
     LEFT JOIN (
       SELECT DISTINCT ON (trace_id) trace_id, value FROM scores
       WHERE trace_id = ANY($1::uuid[]) AND name = 'reward' AND step_i IS NULL AND status = 'ok'
       ORDER BY trace_id, updated_at DESC, scored_by COLLATE "C" DESC
     ) AS newest ON newest.trace_id = changed.id
     WHERE traces.id = changed.id AND traces.reward IS DISTINCT FROM newest.value`,
    [ids],
  );
}

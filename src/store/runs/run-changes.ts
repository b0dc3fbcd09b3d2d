// The note that a run has changed, written in the transaction that changes it: what is derived from its traces and
// scores is then known to be out of date, whoever reads it next.
import sql, { raw, type Sql } from "sql-template-tag";

/** Whether traces come, go, or are there still with other scores. */
export type RunChange = "added" | "removed" | "scored";

const SIGNS: Record<RunChange, string> = { added: "count(*)", removed: "-count(*)", scored: "0" };

/**
 * Notes the change of these traces: an INSERT, to stand alone or as a part of a WITH. One row for each training
 * step they belong to, and no lock that another writer would wait for.
 * @param traces what yields run_id, split and train_step of each: a table, or a part of the same WITH
 */
export function noteRunChanges(traces: Sql, change: RunChange): Sql {
  return sql`
    INSERT INTO run_changes (run_id, split, train_step, traces)
    SELECT run_id, split, train_step, ${raw(SIGNS[change])} FROM ${traces} AS changed
    WHERE run_id IS NOT NULL
    GROUP BY run_id, split, train_step`;
}

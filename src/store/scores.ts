// Scores of traces and of their steps: the part that changes.
import sql, { type Sql } from "sql-template-tag";
import type { Score } from "../contract/trace.ts";
import type { TraceRow } from "../trace/trace-row.ts";
import type { Queryable } from "./database.ts";

/** Part of a WITH: the scores that came inside traces which the part `new_traces` has just stored. */
export function insertScoresOfNewTraces(rows: readonly TraceRow[]): Sql {
  return sql`new_scores AS (
    INSERT INTO scores (trace_id, step_i, name, scored_by, value, status, comment)
    SELECT sent.* FROM (${sentScores(rows)}) AS sent JOIN new_traces ON new_traces.id = sent.trace_id
    ON CONFLICT DO NOTHING
  )`;
}

/** A trace sent again may bring scores that were not there before. Those that were are left as they are. */
export async function addMissingScores(db: Queryable, rows: readonly TraceRow[]): Promise<void> {
  const scored = rows.filter((row) => row.scores.length > 0);
  if (scored.length === 0) return;
  await db.query(sql`
    WITH added AS (
      INSERT INTO scores (trace_id, step_i, name, scored_by, value, status, comment)
      ${sentScores(scored)}
      ON CONFLICT DO NOTHING RETURNING trace_id, step_i, name, value
    )
    UPDATE traces SET reward = added.value FROM added
    WHERE traces.id = added.trace_id AND traces.reward IS NULL AND added.name = 'reward' AND added.step_i IS NULL`);
}

function sentScores(rows: readonly TraceRow[]): Sql {
  const scores = rows.flatMap((row) => row.scores.map((score) => ({ traceId: row.id, ...score })));
  return sql`SELECT * FROM unnest(
    ${scores.map((score) => score.traceId)}::uuid[],
    ${scores.map((score) => score.stepI)}::int[],
    ${scores.map((score) => score.name)}::text[],
    ${scores.map((score) => score.by)}::text[],
    ${scores.map((score) => score.value)}::float8[],
    ${scores.map((score) => score.status)}::text[],
    ${scores.map((score) => score.comment)}::text[]
  ) AS score (trace_id, step_i, name, scored_by, value, status, comment)`;
}

/** The scores of a trace as they are now, those of the whole trace first; undefined when there is no such trace. */
export async function listScores(db: Queryable, traceId: string): Promise<Score[] | undefined> {
  const { rows } = await db.query(
    `SELECT step_i, name, value, status, scored_by AS by, comment, updated_at
     FROM traces LEFT JOIN scores ON scores.trace_id = traces.id
     WHERE traces.id = $1
     ORDER BY step_i NULLS FIRST, name, scored_by`,
    [traceId],
  );
  if (rows.length === 0) return undefined;
  return rows
    .filter((row) => row.name !== null)
    .map((row) => ({ ...row, updated_at: row.updated_at.toISOString() }));
}

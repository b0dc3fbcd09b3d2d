// Scores of traces and of their steps: the part that changes.
import sql, { raw, type Sql } from "sql-template-tag";
import type { Score } from "../contract/trace.ts";
import type { Queryable } from "./database.ts";
import { noteRunChanges } from "./run-changes.ts";
import { type ScoredTrace, scoreColumns, scoresOf } from "./trace-columns.ts";
import { VISIBLE } from "./trace-filters.ts";

const COLUMNS = raw(scoreColumns.map(({ name }) => name).join(", "));

/** Part of a WITH: the scores that came inside traces which the part `new_traces` has just stored. */
export function insertScoresOfNewTraces(rows: readonly ScoredTrace[]): Sql {
  return sql`new_scores AS (
    INSERT INTO scores (${COLUMNS})
    SELECT sent.* FROM (${sentScores(rows)}) AS sent JOIN new_traces ON new_traces.id = sent.trace_id
    ON CONFLICT DO NOTHING
  )`;
}

/** A trace sent again may bring scores that were not there before. Those that were are left as they are. */
export async function addMissingScores(db: Queryable, rows: readonly ScoredTrace[]): Promise<void> {
  const scored = rows.filter((row) => row.scores.length > 0);
  if (scored.length === 0) return;
  await db.query(sql`
    WITH added AS (
      INSERT INTO scores (${COLUMNS}) ${sentScores(scored)} ON CONFLICT DO NOTHING RETURNING trace_id
    )
    ${noteRunChanges(sql`(SELECT * FROM traces WHERE id IN (SELECT trace_id FROM added))`, "scored")}`);
  await db.query(sql`
    WITH rewarded AS (
    UPDATE traces SET reward = newest.value
    FROM (
      SELECT DISTINCT ON (trace_id) trace_id, value FROM scores
      WHERE trace_id = ANY(${scored.map((row) => row.id)}::uuid[])
        AND name = 'reward' AND step_i IS NULL AND status = 'ok'
      ORDER BY trace_id, updated_at DESC, scored_by COLLATE "C" DESC
    ) AS newest
    WHERE id = trace_id AND reward IS DISTINCT FROM newest.value
    RETURNING run_id, split, train_step)
    ${noteRunChanges(sql`rewarded`, "scored")}`);
}

function sentScores(rows: readonly ScoredTrace[]): Sql {
  const scores = scoresOf(rows);
  return sql`SELECT * FROM unnest(
    ${scores.map((score) => score.traceId)}::uuid[],
    ${scores.map((score) => score.stepI)}::int[],
    ${scores.map((score) => score.name)}::text[],
    ${scores.map((score) => score.by)}::text[],
    ${scores.map((score) => score.value)}::float8[],
    ${scores.map((score) => score.status)}::text[],
    ${scores.map((score) => score.comment)}::text[],
    ${scores.map((score) => score.updatedAt)}::timestamptz[]
  ) AS score (${COLUMNS})`;
}

/** The scores of a trace as they are now, those of the whole trace first; undefined when there is no such trace. */
export async function listScores(db: Queryable, traceId: string): Promise<Score[] | undefined> {
  const { rows } = await db.query(
    `SELECT step_i, name, value, status, scored_by AS by, comment, updated_at
     FROM traces LEFT JOIN scores ON scores.trace_id = traces.id
     WHERE traces.id = $1 AND ${VISIBLE}
     ORDER BY step_i NULLS FIRST, name, scored_by`,
    [traceId],
  );
  if (rows.length === 0) return undefined;
  return rows
    .filter((row) => row.name !== null)
    .map((row) => ({ ...row, updated_at: row.updated_at.toISOString() }));
}

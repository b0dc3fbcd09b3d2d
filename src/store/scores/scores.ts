// Scores of traces and of their steps: the part that changes.
import sql, { raw, type Sql } from "sql-template-tag";
import type { Score } from "../../contract/trace.ts";
import type { TraceScoreRow } from "../../trace/trace-row.ts";
import type { Queryable } from "../database.ts";
import { noteRunChanges } from "../runs/run-changes.ts";
import { VISIBLE } from "../trace-filters.ts";
import { type ScoredTrace, scoreColumns, scoresOf } from "../writing/trace-columns.ts";
import { followReward, isReward, lockTraces } from "./follow-reward.ts";

const COLUMNS = raw(scoreColumns.map(({ name }) => name).join(", "));

/**
 * A trace sent again may bring scores that were not there before. Those that were are left as they are. Needs a
 * transaction around it.
 */
export async function addMissingScores(db: Queryable, rows: readonly ScoredTrace[]): Promise<void> {
  const scores = scoresOf(rows);
  if (scores.length === 0) return;
  await writeScores(db, scores, sql`DO NOTHING`);
}

/** Writes scores, each of another key and of a trace that is there, over those that have their keys. */
export async function overwriteScores(db: Queryable, scores: readonly TraceScoreRow[]): Promise<void> {
  await writeScores(
    db,
    scores,
    sql`ON CONSTRAINT scores_key DO UPDATE SET value = excluded.value, status = excluded.status,
        comment = excluded.comment, updated_at = excluded.updated_at`,
  );
}

/** In one order of keys everywhere, so that two who write the same scores do not wait for each other. */
async function writeScores(db: Queryable, scores: readonly TraceScoreRow[], onConflict: Sql): Promise<void> {
  const rewarded = [...new Set(scores.filter(isReward).map(({ traceId }) => traceId))];
  await lockTraces(db, rewarded);
  await db.query(sql`
    WITH written AS (
      INSERT INTO scores (${COLUMNS}) ${sentScores(scores.toSorted(byKey))} ON CONFLICT ${onConflict}
      RETURNING trace_id
    )
    ${noteRunChanges(sql`(SELECT * FROM traces WHERE id IN (SELECT trace_id FROM written))`, "scored")}`);
  await followReward(db, rewarded);
}

function byKey(a: TraceScoreRow, b: TraceScoreRow): number {
  return (
    compare(a.traceId, b.traceId) ||
    (a.stepI ?? -1) - (b.stepI ?? -1) ||
    compare(a.name, b.name) ||
    compare(a.by, b.by)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sentScores(scores: readonly TraceScoreRow[]): Sql {
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

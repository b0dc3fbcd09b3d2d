// A run's rollouts as columns, a row for each split and training step: derived, kept until the step changes, and
// made anew by whoever reads it next. Everything is read from one snapshot.
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import sql, { empty, type Sql } from "sql-template-tag";
import type { StepRollouts } from "../../figures/step-rollouts.ts";
import { CopyDecoder, type Field } from "../copy/copy-decoder.ts";
import { readBooleans, readFloats, readIntegers, readTexts } from "../copy/read-array.ts";
import { inlineValues } from "../inline-values.ts";

/** A step whose columns are there. */
export interface StepVersion {
  split: string | null;
  trainStep: number | null;
  /** Another one whenever the columns are made anew. */
  version: string;
}

/** Steps by split, then in their order; what has no step comes last. */
const IN_ORDER = sql`split COLLATE "C" NULLS FIRST, train_step`;

/** Whether a run has changed since its columns for this score were made. */
export async function isOutOfDate(client: pg.ClientBase, runIds: number[], score: string): Promise<boolean> {
  const { rows } = await client.query(sql`
    SELECT EXISTS (SELECT FROM run_changes WHERE run_id = ANY(${runIds}::int[]))
        OR EXISTS (
          SELECT run_id, split, train_step FROM run_steps WHERE run_id = ANY(${runIds}::int[])
          EXCEPT
          SELECT run_id, split, train_step FROM step_rollouts
          WHERE run_id = ANY(${runIds}::int[]) AND score_name = ${score}
        ) AS yes`);
  return rows[0].yes;
}

/** Adds what has changed to the counts of the run's steps, and drops the columns that it makes wrong. */
export async function settleChanges(client: pg.ClientBase, runId: number): Promise<void> {
  await client.query(sql`
    WITH changes AS (
      DELETE FROM run_changes WHERE run_id = ${runId} RETURNING split, train_step, traces, changed_at
    ), changed AS (
      SELECT split, train_step, sum(traces)::int AS traces, max(changed_at) AS changed_at
      FROM changes GROUP BY split, train_step
    ), stale AS (
      DELETE FROM step_rollouts USING changed
      WHERE run_id = ${runId}
        AND coalesce(step_rollouts.split, '') = coalesce(changed.split, '')
        AND coalesce(step_rollouts.train_step, -1) = coalesce(changed.train_step, -1)
    )
    INSERT INTO run_steps (run_id, split, train_step, traces, changed_at)
    SELECT ${runId}, split, train_step, traces, changed_at FROM changed
    ON CONFLICT ON CONSTRAINT run_steps_key DO UPDATE
    SET traces = run_steps.traces + excluded.traces,
        changed_at = greatest(run_steps.changed_at, excluded.changed_at)`);
  await client.query(sql`DELETE FROM run_steps WHERE run_id = ${runId} AND traces <= 0`);
}

/** Makes the columns of those steps that have none for this score. */
export async function buildMissing(client: pg.ClientBase, runId: number, score: string): Promise<void> {
  const { rows } = await client.query<{ split: string | null; train_step: number | null }>(sql`
    SELECT split, train_step FROM run_steps WHERE run_id = ${runId}
    EXCEPT
    SELECT split, train_step FROM step_rollouts WHERE run_id = ${runId} AND score_name = ${score}`);
  for (const { split, train_step } of rows) await buildStep(client, runId, score, split, train_step);
}

async function buildStep(
  client: pg.ClientBase,
  runId: number,
  score: string,
  split: string | null,
  trainStep: number | null,
): Promise<void> {
  // The aggregates all take the rows as the subquery sorts them, and so agree on the order.
  const { rowCount } = await client.query(sql`
    WITH rollouts AS (
      SELECT prompt_key, ${scoreOf(score)} AS score, completion_tokens, finish_reason = 'length' AS is_truncated
      FROM traces WHERE ${atStep(runId, split, trainStep)}
      ORDER BY prompt_key COLLATE "C"
    ), groups AS (
      SELECT prompt_key, count(*)::int AS size FROM rollouts GROUP BY prompt_key ORDER BY prompt_key COLLATE "C"
    )
    INSERT INTO step_rollouts (
      run_id, score_name, split, train_step,
      prompt_keys, group_sizes, score_values, completion_tokens, is_truncated
    )
    SELECT ${runId}, ${score}, ${split}, ${trainStep}::int,
           (SELECT array_agg(prompt_key) FROM groups), (SELECT array_agg(size) FROM groups),
           array_agg(score), array_agg(completion_tokens), array_agg(is_truncated)
    FROM rollouts HAVING count(*) > 0`);
  // Counted and yet not there: changed by other hands than the program's.
  if (rowCount === 0) await client.query(sql`DELETE FROM run_steps WHERE ${atStep(runId, split, trainStep)}`);
}

/** A condition that an index serves for NULL, too. */
export function atStep(runId: number, split: string | null, trainStep: number | null): Sql {
  return sql`run_id = ${runId} AND ${isOrNull(sql`split`, split)} AND ${isOrNull(sql`train_step`, trainStep)}`;
}

/** @param split as a query names it: empty for none */
export function atSplit(split: string): Sql {
  return isOrNull(sql`split`, split === "" ? null : split);
}

function isOrNull(column: Sql, value: string | number | null): Sql {
  return value === null ? sql`${column} IS NULL` : sql`${column} = ${value}`;
}

/** Figures leave out what lies further from zero: the squares of larger scores, summed up, overflow a double. */
const MAX_MAGNITUDE = 1e100;

/** A trace's valid score of this name; the newest, where several have given one. */
export function scoreOf(name: string): Sql {
  const bounded = (column: Sql) =>
    sql`CASE WHEN abs(${column}) <= ${MAX_MAGNITUDE}::float8 THEN ${column} END`;
  if (name === "reward") return bounded(sql`reward`);
  return sql`(
    SELECT ${bounded(sql`value`)} FROM scores
    WHERE trace_id = traces.id AND step_i IS NULL AND name = ${name} AND status = 'ok'
    ORDER BY updated_at DESC, scored_by COLLATE "C" DESC LIMIT 1
  )`;
}

/** Which steps a run has, in the order of splits and steps. */
export async function listStepVersions(
  client: pg.ClientBase,
  runId: number,
  score: string,
): Promise<StepVersion[]> {
  const { rows } = await client.query<StepVersion>(sql`
    SELECT split, train_step AS "trainStep", version FROM step_rollouts
    WHERE run_id = ${runId} AND score_name = ${score} ORDER BY ${IN_ORDER}`);
  return rows;
}

export interface StepSelection {
  /** AND and further conditions. */
  where?: Sql;
  /** Columns that are not needed are read as empty: most of the time goes into reading. */
  without?: readonly ("prompts" | "lengths")[];
}

/** Columns of some of a run's steps, in the order of splits and steps; each step is given out as it is read. */
export async function* streamSteps(
  client: pg.ClientBase,
  runId: number,
  score: string,
  { where = empty, without = [] }: StepSelection = {},
): AsyncGenerator<StepRollouts & { version: string }> {
  const prompts = without.includes("prompts") ? sql`'{}'::text[]` : sql`prompt_keys`;
  const lengths = without.includes("lengths")
    ? sql`'{}'::int[], '{}'::boolean[]`
    : sql`completion_tokens, is_truncated`;
  const statement = sql`
    SELECT split, train_step, version::text, ${prompts}, group_sizes, score_values, ${lengths}
    FROM step_rollouts WHERE run_id = ${runId} AND score_name = ${score} ${where} ORDER BY ${IN_ORDER}`;
  const copy = client.query(copyTo(`COPY (${inlineValues(statement)}) TO STDOUT (FORMAT binary)`));
  const decoder = new CopyDecoder();
  for await (const chunk of copy) for (const row of decoder.decode(chunk as Buffer)) yield toStep(row);
}

/** The same, all at once. */
export async function readSteps(...question: Parameters<typeof streamSteps>): Promise<StepRollouts[]> {
  const steps: StepRollouts[] = [];
  for await (const step of streamSteps(...question)) steps.push(step);
  return steps;
}

function toStep(row: Field[]): StepRollouts & { version: string } {
  const [split, trainStep, version, promptKeys, groupSizes, scores, tokens, truncated] = row;
  return {
    split: split?.toString() ?? null,
    trainStep: trainStep?.readInt32BE() ?? null,
    version: String(version),
    promptKeys: readTexts(promptKeys as Buffer),
    groupSizes: readIntegers(groupSizes as Buffer),
    scores: readFloats(scores as Buffer),
    tokens: readIntegers(tokens as Buffer),
    truncated: readBooleans(truncated as Buffer),
  };
}

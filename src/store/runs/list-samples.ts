// The samples of one group, and where else the run has sampled its prompt.
import type pg from "pg";
import sql, { empty, type Sql } from "sql-template-tag";
import type { Sample, SamplePage, SamplesQuery } from "../../contract/groups.ts";
import { decodePlace, encodePlace } from "../place-cursor.ts";
import { getVisibleRunId } from "./list-runs.ts";
import { atSplit, atStep, scoreOf } from "./step-rollouts.ts";

/** Behind every index that a sample can have: those without one. */
const NO_INDEX = 2 ** 31;

/** A page of a group's samples. Throws 404 for no such run; a group that was not seen has no samples. */
export async function listSamples(pool: pg.Pool, run: string, query: SamplesQuery): Promise<SamplePage> {
  const { group, score = "reward", limit = 20, cursor } = query;
  const split = query.split || null;
  const trainStep = query.train_step ?? null;
  const question = { run, ...query, limit: undefined, cursor: undefined };
  const after = cursor === undefined ? empty : afterPlace(cursor, question);
  const runId = await getVisibleRunId(pool, run);
  const samples = await pool.query<Sample>(sql`
    SELECT id, sample_index, ${scoreOf(score)} AS score, completion_tokens, finish_reason, answer_excerpt
    FROM traces WHERE ${atStep(runId, split, trainStep)} AND prompt_key = ${group} ${after}
    ORDER BY ${PLACE}, id LIMIT ${limit + 1}`);
  const steps = await pool.query<SamplePage["steps"][0]>(sql`
    SELECT steps.train_step, rollouts, valid, mean
    FROM (
      SELECT train_step FROM run_steps WHERE run_id = ${runId} AND ${atSplit(split ?? "")}
      UNION SELECT train_step FROM run_changes WHERE run_id = ${runId} AND ${atSplit(split ?? "")}
    ) AS steps
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS rollouts, count(score)::int AS valid, avg(score) AS mean
      FROM (
        SELECT ${scoreOf(score)} AS score FROM traces
        WHERE run_id = ${runId} AND ${atSplit(split ?? "")} AND train_step = steps.train_step AND prompt_key = ${group}
      ) AS scored
    ) AS sampled
    WHERE rollouts > 0 ORDER BY train_step`);
  const data = samples.rows.slice(0, limit);
  const last = samples.rows.length > limit ? data.at(-1) : undefined;
  return {
    run,
    group,
    split,
    train_step: trainStep,
    score,
    steps: steps.rows,
    data,
    pagination: {
      limit,
      next_cursor:
        last === undefined ? null : encodePlace([last.sample_index ?? NO_INDEX, last.id], question),
    },
  };
}

const PLACE = sql`coalesce(sample_index, ${NO_INDEX}::float8)`;

function afterPlace(cursor: string, question: object): Sql {
  const [index, id] = decodePlace(cursor, question, ["number", "string"]);
  return sql`AND (${PLACE}, id::text) > (${index}::float8, ${id}::text)`;
}

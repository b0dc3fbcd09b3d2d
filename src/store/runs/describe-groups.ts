// What the columns of a step don't hold: a group's prompt, how many different completions it has, and the answer
// that most of them give.
import type pg from "pg";
import sql from "sql-template-tag";
import type { Group } from "../../contract/groups.ts";
import type { RankedGroup } from "../../figures/rank-groups.ts";
import type { StepRollouts } from "../../figures/step-rollouts.ts";
import { atStep, scoreOf } from "./step-rollouts.ts";

export type GroupTexts = Pick<
  Group,
  "prompt_excerpt" | "distinct_completions" | "distinct_share" | "majority"
>;

interface Row {
  prompt_key: string;
  prompt_excerpt: string;
  rollouts: number;
  hashed: number;
  completions: number;
  answer: string | null;
  answered: number | null;
  valid: number | null;
  correct: number | null;
}

/** Of groups that are all at one training step; returns what to look each of them up with. */
export async function describeGroups(
  { client, runId, score }: { client: pg.ClientBase; runId: number; score: string },
  threshold: number,
  groups: readonly RankedGroup[],
): Promise<(group: RankedGroup) => GroupTexts> {
  const found = new Map<StepRollouts, Map<string, Row>>();
  for (const step of new Set(groups.map((group) => group.step))) {
    const keys = groups.filter((group) => group.step === step).map(({ promptKey }) => promptKey);
    const { rows } = await client.query<Row>(sql`
      WITH rollouts AS (
        SELECT prompt_key, prompt_excerpt, completion_hash, answer_excerpt, ${scoreOf(score)} AS score
        FROM traces WHERE ${atStep(runId, step.split, step.trainStep)} AND prompt_key = ANY(${keys}::text[])
      ), answers AS (
        SELECT prompt_key, min(answer_excerpt) AS answer, count(*)::int AS answered, count(score)::int AS valid,
               count(*) FILTER (WHERE score >= ${threshold})::int AS correct
        FROM rollouts WHERE answer_excerpt IS NOT NULL
        GROUP BY prompt_key, lower(regexp_replace(btrim(answer_excerpt, E' \\t\\n\\r'), '\\s+', ' ', 'g'))
      ), majorities AS (
        SELECT DISTINCT ON (prompt_key) * FROM answers
        ORDER BY prompt_key, answered DESC, correct DESC, answer COLLATE "C"
      ), groups AS (
        SELECT prompt_key, min(prompt_excerpt) AS prompt_excerpt, count(*)::int AS rollouts,
               count(completion_hash)::int AS hashed, count(DISTINCT completion_hash)::int AS completions
        FROM rollouts GROUP BY prompt_key
      )
      SELECT * FROM groups LEFT JOIN majorities USING (prompt_key)`);
    found.set(step, new Map(rows.map((row) => [row.prompt_key, row])));
  }
  return ({ step, promptKey }) => toTexts(found.get(step)?.get(promptKey) as Row);
}

function toTexts(row: Row): GroupTexts {
  const { rollouts, completions, answer, answered, valid, correct } = row;
  // Those stored by an older version have no hash.
  const isKnown = row.hashed === rollouts;
  return {
    prompt_excerpt: row.prompt_excerpt,
    distinct_completions: isKnown ? completions : null,
    distinct_share: isKnown ? completions / rollouts : null,
    majority:
      answer === null
        ? null
        : {
            answer,
            rollouts: answered ?? 0,
            is_right: valid ? (correct ?? 0) * 2 > valid : null,
          },
  };
}

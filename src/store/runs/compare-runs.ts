// One run against another, prompt by prompt.
import type pg from "pg";
import sql, { empty, join } from "sql-template-tag";
import type {
  ComparedPrompt,
  CompareRunsQuery,
  ComparisonSort,
  RunComparison,
} from "../../contract/run-comparison.ts";
import { pairedDifference } from "../../figures/paired-difference.ts";
import { type PromptMean, type PromptMeans, promptMeans } from "../../figures/prompt-means.ts";
import { decodePlace, encodePlace, type PlacePart } from "../place-cursor.ts";
import { getVisibleRunId } from "./list-runs.ts";
import { readSettled } from "./read-settled.ts";
import { atSplit, atStep, readSteps } from "./step-rollouts.ts";

interface Pair {
  promptKey: string;
  base: PromptMean | undefined;
  other: PromptMean | undefined;
  difference: number | null;
}

/** Throws 404 where one of the runs is not there. */
export async function compareRuns(pool: pg.Pool, query: CompareRunsQuery): Promise<RunComparison> {
  const { score = "reward", sort = "losses", show = "both", limit = 20, cursor } = query;
  const question = { ...query, limit: undefined, cursor: undefined };
  const after = cursor === undefined ? undefined : decodePlace(cursor, question, ["number", "string"]);
  return readSettled(
    pool,
    score,
    async (client) => [await getVisibleRunId(client, query.base), await getVisibleRunId(client, query.other)],
    async (client, runIds) => {
      const [baseId, otherId] = runIds as [number, number];
      const base = await readMeans(client, baseId, score, query.split, query.base_step);
      const other = await readMeans(client, otherId, score, query.split, query.other_step);
      const both: Pair[] = [];
      const alone = { base: onlyIn("base", base, other), other: onlyIn("other", other, base) };
      for (const [promptKey, mean] of base.means) {
        const counterpart = other.means.get(promptKey);
        if (counterpart !== undefined)
          both.push({ promptKey, base: mean, other: counterpart, difference: counterpart.mean - mean.mean });
      }
      const { won, lost, tied, mean, interval } = pairedDifference(
        Float64Array.from(both, ({ difference }) => difference as number),
      );
      const pairs = (show === "both" ? both : alone[show]).sort((a, b) => comparePairs(a, b, sort));
      const start = after === undefined ? 0 : firstAfter(pairs, after, sort);
      const page = pairs.slice(start, start + limit);
      const excerpts = await readExcerpts(client, [baseId, otherId], page);
      const last = start + limit < pairs.length ? page.at(-1) : undefined;
      return {
        score,
        base: toSide(
          query.base,
          query.base_step,
          base,
          both.map((pair) => pair.base as PromptMean),
        ),
        other: toSide(
          query.other,
          query.other_step,
          other,
          both.map((pair) => pair.other as PromptMean),
        ),
        prompts: both.length,
        won,
        lost,
        tied,
        only_in_base: alone.base.length,
        only_in_other: alone.other.length,
        difference: mean,
        difference_low: interval?.low ?? null,
        difference_high: interval?.high ?? null,
        resamples: interval?.resamples ?? 0,
        data: page.map((pair) => toPrompt(pair, excerpts.get(pair.promptKey) ?? "")),
        pagination: {
          limit,
          next_cursor: last === undefined ? null : encodePlace([last.difference, last.promptKey], question),
        },
      };
    },
  );
}

async function readMeans(
  client: pg.ClientBase,
  runId: number,
  score: string,
  split: string | undefined,
  trainStep: number | undefined,
): Promise<PromptMeans> {
  const conditions = [
    ...(split === undefined ? [] : [atSplit(split)]),
    ...(trainStep === undefined ? [] : [sql`train_step = ${trainStep}`]),
  ];
  const where = conditions.length === 0 ? empty : sql`AND ${join(conditions, " AND ")}`;
  return promptMeans(await readSteps(client, runId, score, { where, without: ["lengths"] }));
}

function onlyIn(side: "base" | "other", own: PromptMeans, others: PromptMeans): Pair[] {
  const pairs: Pair[] = [];
  for (const [promptKey, mean] of own.means)
    if (!others.means.has(promptKey))
      pairs.push({ promptKey, base: undefined, other: undefined, difference: null, [side]: mean });
  return pairs;
}

/** Greater comes first. */
const ranks: Record<ComparisonSort, (pair: Pick<Pair, "difference">) => number> = {
  losses: ({ difference }) => -(difference ?? 0),
  gains: ({ difference }) => difference ?? 0,
  changes: ({ difference }) => Math.abs(difference ?? 0),
};

function comparePairs(
  a: Pick<Pair, "difference" | "promptKey">,
  b: Pick<Pair, "difference" | "promptKey">,
  sort: ComparisonSort,
): number {
  return ranks[sort](b) - ranks[sort](a) || (a.promptKey < b.promptKey ? -1 : 1);
}

function firstAfter(pairs: readonly Pair[], [difference, key]: PlacePart[], sort: ComparisonSort): number {
  const place = { difference: difference as number | null, promptKey: String(key) };
  const index = pairs.findIndex(
    (pair) => pair.promptKey !== place.promptKey && comparePairs(place, pair, sort) < 0,
  );
  return index === -1 ? pairs.length : index;
}

/** The prompts' texts, looked up at a step that has them: wherever that is, an index leads there. */
async function readExcerpts(
  client: pg.ClientBase,
  [baseId, otherId]: [number, number],
  pairs: readonly Pair[],
): Promise<Map<string, string>> {
  const places = new Map<string, { runId: number; mean: PromptMean; keys: string[] }>();
  for (const { promptKey, base, other } of pairs) {
    const runId = base === undefined ? otherId : baseId;
    const mean = (base ?? other) as PromptMean;
    const place = JSON.stringify([runId, mean.split, mean.trainStep]);
    const known = places.get(place);
    if (known === undefined) places.set(place, { runId, mean, keys: [promptKey] });
    else known.keys.push(promptKey);
  }
  const excerpts = new Map<string, string>();
  for (const { runId, mean, keys } of places.values()) {
    const { rows } = await client.query(sql`
      SELECT DISTINCT ON (prompt_key) prompt_key, prompt_excerpt FROM traces
      WHERE ${atStep(runId, mean.split, mean.trainStep)} AND prompt_key = ANY(${keys}::text[])`);
    for (const row of rows) excerpts.set(row.prompt_key, row.prompt_excerpt);
  }
  return excerpts;
}

function toSide(
  run: string,
  trainStep: number | undefined,
  { means, rollouts, invalid }: PromptMeans,
  common: readonly PromptMean[],
): RunComparison["base"] {
  const sum = common.reduce((total, { mean }) => total + mean, 0);
  return {
    run,
    train_step: trainStep ?? null,
    prompts: means.size,
    rollouts,
    invalid,
    mean: common.length === 0 ? null : sum / common.length,
  };
}

function toPrompt({ promptKey, base, other, difference }: Pair, prompt_excerpt: string): ComparedPrompt {
  const toMean = (mean: PromptMean | undefined) =>
    mean && { mean: mean.mean, valid: mean.valid, split: mean.split, train_step: mean.trainStep };
  return {
    group: promptKey,
    prompt_excerpt,
    base: toMean(base) ?? null,
    other: toMean(other) ?? null,
    difference,
  };
}

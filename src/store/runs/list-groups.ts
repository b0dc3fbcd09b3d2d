// The groups of a training step: ranked by their figures, and described for the one page that is asked for.
import type pg from "pg";
import sql, { type Sql } from "sql-template-tag";
import {
  type Group,
  type GroupPage,
  type GroupSort,
  type GroupsQuery,
  MAX_SCORES,
} from "../../contract/groups.ts";
import { groupScores } from "../../figures/group-scores.ts";
import { lengthFigures } from "../../figures/length-figures.ts";
import {
  compareGroups,
  type EarlierMean,
  type GroupPlace,
  type RankedGroup,
  rankGroups,
} from "../../figures/rank-groups.ts";
import { spreadScores } from "../../figures/spread-scores.ts";
import { groupsOf, type StepRollouts } from "../../figures/step-rollouts.ts";
import { decodePlace, encodePlace } from "../place-cursor.ts";
import { describeGroups, type GroupTexts } from "./describe-groups.ts";
import { getVisibleRunId } from "./list-runs.ts";
import { readSettled } from "./read-settled.ts";
import { atSplit, listStepVersions, readSteps, type StepVersion } from "./step-rollouts.ts";

/** Earlier steps are read so many at a time, latest first, until every prompt has been met. */
const EARLIER_STEPS = 8;

/** A page of a step's groups. Throws 404 for no such run; a step that was not seen has no groups. */
export async function listGroups(pool: pg.Pool, run: string, query: GroupsQuery): Promise<GroupPage> {
  const { score = "reward", threshold = 1, sort = "mixed", limit = 20, cursor } = query;
  const question = { run, ...query, limit: undefined, cursor: undefined };
  const after = cursor === undefined ? undefined : toPlace(cursor, question);
  return readSettled(
    pool,
    score,
    async (client) => [await getVisibleRunId(client, run)],
    async (client, [id]) => {
      const source: Source = { client, runId: id as number, score };
      const versions = await listStepVersions(client, source.runId, score);
      const trainStep = query.train_step ?? lastStep(versions);
      const steps = await readSteps(client, source.runId, score, {
        where: sql`AND ${at(query.split, trainStep)}`,
      });
      const earlier = await findEarlier(source, steps, versions);
      const ranked = rankGroups(steps, threshold, sort, (step, key) => earlier.get(step)?.get(key) ?? null);
      const start = after === undefined ? 0 : firstAfter(ranked, after, sort);
      const page = ranked.slice(start, start + limit);
      const texts = await describeGroups(source, threshold, page);
      const last = start + limit < ranked.length ? page.at(-1) : undefined;
      return {
        run,
        train_step: trainStep,
        score,
        threshold,
        groups: ranked.length,
        data: page.map((group) => toGroup(group, texts)),
        pagination: {
          limit,
          next_cursor:
            last === undefined
              ? null
              : encodePlace([last.rank, last.valid, last.promptKey, last.split], question),
        },
      };
    },
  );
}

interface Source {
  client: pg.ClientBase;
  runId: number;
  score: string;
}

function toPlace(cursor: string, question: object): GroupPlace {
  const [rank, valid, promptKey, split] = decodePlace(cursor, question, [
    "number",
    "number",
    "string",
    "string",
  ]);
  return {
    rank: rank as number | null,
    valid: valid as number,
    promptKey: String(promptKey),
    split: split as string | null,
  };
}

function firstAfter(ranked: readonly RankedGroup[], place: GroupPlace, sort: GroupSort): number {
  const index = ranked.findIndex((group) => compareGroups(place, group, sort) < 0);
  return index === -1 ? ranked.length : index;
}

function lastStep(versions: readonly StepVersion[]): number | null {
  return versions.reduce<number | null>(
    (last, { trainStep }) => (trainStep === null ? last : Math.max(last ?? 0, trainStep)),
    null,
  );
}

function at(split: string | undefined, trainStep: number | null): Sql {
  const step = trainStep === null ? sql`train_step IS NULL` : sql`train_step = ${trainStep}`;
  return split === undefined ? step : sql`${step} AND ${atSplit(split)}`;
}

/** For each of the steps, its prompts where they were last scored before, in the same split. */
async function findEarlier(
  { client, runId, score }: Source,
  steps: readonly StepRollouts[],
  versions: readonly StepVersion[],
): Promise<Map<StepRollouts, Map<string, EarlierMean>>> {
  const found = new Map<StepRollouts, Map<string, EarlierMean>>();
  for (const step of steps) {
    const means = new Map<string, EarlierMean>();
    found.set(step, means);
    const wanted = new Set(step.promptKeys);
    const before = versions
      .flatMap(({ split, trainStep }) => (split === step.split && trainStep !== null ? [trainStep] : []))
      .filter((trainStep) => step.trainStep !== null && trainStep < step.trainStep);
    while (wanted.size > 0 && before.length > 0) {
      const next = before.splice(-EARLIER_STEPS);
      const where = sql`AND ${atSplit(step.split ?? "")} AND train_step >= ${next[0]} AND train_step <= ${next.at(-1)}`;
      const earlierSteps = await readSteps(client, runId, score, { where, without: ["lengths"] });
      for (const earlier of earlierSteps.reverse()) takeMeans(earlier, wanted, means);
    }
  }
  return found;
}

function takeMeans(earlier: StepRollouts, wanted: Set<string>, means: Map<string, EarlierMean>): void {
  for (const range of groupsOf(earlier)) {
    const promptKey = earlier.promptKeys[range.index] as string;
    if (!wanted.has(promptKey)) continue;
    const { mean } = groupScores(earlier, range, 0);
    if (mean === null) continue;
    wanted.delete(promptKey);
    means.set(promptKey, { trainStep: earlier.trainStep as number, mean });
  }
}

function toGroup(group: RankedGroup, texts: (group: RankedGroup) => GroupTexts): Group {
  const { step, range, previous, rollouts, valid } = group;
  return {
    group: group.promptKey,
    split: group.split,
    rollouts,
    valid,
    invalid: rollouts - valid,
    correct: group.correct,
    mean: group.mean,
    standard_deviation: group.standardDeviation,
    has_signal: group.hasSignal,
    ...lengthFigures(step, range.start, range.end),
    previous: previous && { train_step: previous.trainStep, mean: previous.mean },
    change: group.change,
    scores: spreadScores(step.scores.subarray(range.start, range.end), MAX_SCORES),
    ...texts(group),
  };
}

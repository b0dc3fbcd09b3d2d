// Which groups of a step are worth looking at first.
import type { GroupSort } from "../contract/groups.ts";
import { type GroupScores, groupScores } from "./group-scores.ts";
import { type GroupRange, groupsOf, type StepRollouts } from "./step-rollouts.ts";

/** The same prompt at an earlier step. */
export interface EarlierMean {
  trainStep: number;
  mean: number;
}

/** What a list of groups is sorted by. */
export interface GroupPlace {
  /** Greater comes first; null, where the sort says nothing about the group, last. */
  rank: number | null;
  /** Of equally ranked groups, those with more valid rollouts come first. */
  valid: number;
  promptKey: string;
  split: string | null;
}

export interface RankedGroup extends GroupPlace, GroupScores {
  step: StepRollouts;
  range: GroupRange;
  previous: EarlierMean | null;
  change: number | null;
}

const ranks: Record<GroupSort, (group: Omit<RankedGroup, "rank">) => number | null> = {
  mixed: ({ valid, correct }) => (valid === 0 ? null : Math.min(correct, valid - correct) / valid),
  all_wrong: ({ valid, correct }) => (valid === 0 ? null : 1 - correct / valid),
  all_right: ({ valid, correct }) => (valid === 0 ? null : correct / valid),
  biggest_change: ({ change }) => (change === null ? null : Math.abs(change)),
  // All alike: the prompt_key decides.
  group: () => null,
};

/**
 * The groups of some splits at one step, in the order of the sort.
 * @param previousOf the prompt at an earlier step of the same split
 */
export function rankGroups(
  steps: readonly StepRollouts[],
  threshold: number,
  sort: GroupSort,
  previousOf: (step: StepRollouts, promptKey: string) => EarlierMean | null,
): RankedGroup[] {
  const groups = steps.flatMap((step) =>
    [...groupsOf(step)].map((range): RankedGroup => {
      const promptKey = step.promptKeys[range.index] as string;
      const scores = groupScores(step, range, threshold);
      const previous = previousOf(step, promptKey);
      const change = previous === null || scores.mean === null ? null : scores.mean - previous.mean;
      const group = { ...scores, promptKey, split: step.split, step, range, previous, change };
      return { ...group, rank: ranks[sort](group) };
    }),
  );
  return groups.sort((a, b) => compareGroups(a, b, sort));
}

export function compareGroups(a: GroupPlace, b: GroupPlace, sort: GroupSort): number {
  return (
    (sort === "group" ? 0 : compareRanks(a.rank, b.rank) || b.valid - a.valid) ||
    compareTexts(a.promptKey, b.promptKey) ||
    compareTexts(a.split ?? "", b.split ?? "")
  );
}

function compareRanks(a: number | null, b: number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return b - a;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

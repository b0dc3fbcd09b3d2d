import type { Score } from "../../contract/trace.ts";

export type Verdict = "good" | "middling" | "bad" | "unknown";

/** The scores of each step, by the step's `i`. */
export function groupByStep(scores: readonly Score[]): Map<number, Score[]> {
  const groups = new Map<number, Score[]>();
  for (const score of scores) {
    if (score.step_i === null) continue;
    const group = groups.get(score.step_i);
    if (group === undefined) groups.set(score.step_i, [score]);
    else group.push(score);
  }
  return groups;
}

/**
 * How a value looks among those of its name: labels go from 0 to 1, or from -1 to 1 where one of them is negative.
 * A score that failed is unknown, not bad.
 */
export function createJudge(scores: readonly Score[]): (score: Score) => Verdict {
  const signed = new Set(scores.filter(({ value }) => value !== null && value < 0).map(({ name }) => name));
  return ({ name, value }) => {
    if (value === null) return "unknown";
    const share = signed.has(name) ? (value + 1) / 2 : value;
    return share >= 2 / 3 ? "good" : share > 1 / 3 ? "middling" : "bad";
  };
}

export const verdictColour: Record<Verdict, string> = {
  good: "var(--good)",
  middling: "var(--warn)",
  bad: "var(--bad)",
  unknown: "var(--ink-faint)",
};

/** The worst of several, for a single mark. */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return (["bad", "middling", "unknown", "good"] as const).find((verdict) => verdicts.includes(verdict));
}

// One training step in figures. Every prompt weighs the same, however many samples it has.
import type { CurvePoint } from "../contract/curve.ts";
import { bootstrapMean } from "./bootstrap-mean.ts";
import { type GroupScores, groupScores } from "./group-scores.ts";
import { lengthFigures } from "./length-figures.ts";
import { passAtK } from "./pass-at-k.ts";
import { groupsOf, type StepRollouts } from "./step-rollouts.ts";

/** @param ks the k of pass@k, in the order of the answer */
export function curvePoint(step: StepRollouts, threshold: number, ks: readonly number[]): CurvePoint {
  const groups = [...groupsOf(step)].map((range) => groupScores(step, range, threshold));
  const scored = groups.filter(({ valid }) => valid > 0);
  const means = Float64Array.from(scored, ({ mean }) => mean as number);
  const gaps = scored.flatMap(({ lengthGap }) => (lengthGap === null ? [] : [lengthGap]));
  const valid = groups.reduce((sum, group) => sum + group.valid, 0);
  const interval = bootstrapMean(means);
  return {
    split: step.split,
    train_step: step.trainStep,
    prompts: groups.length,
    rollouts: step.scores.length,
    valid,
    invalid: step.scores.length - valid,
    mean: meanOf(means),
    mean_low: interval?.low ?? null,
    mean_high: interval?.high ?? null,
    resamples: interval?.resamples ?? 0,
    pass_at_k: ks.map((k) => passOverPrompts(scored, k)),
    no_signal_share:
      scored.length === 0 ? null : scored.filter(({ hasSignal }) => !hasSignal).length / scored.length,
    ...lengthFigures(step, 0, step.scores.length),
    length_gap: meanOf(gaps),
    length_gap_prompts: gaps.length,
  };
}

function passOverPrompts(groups: readonly GroupScores[], k: number): CurvePoint["pass_at_k"][number] {
  const values = groups.flatMap(({ valid, correct }) => passAtK(valid, correct, k) ?? []);
  return { k, value: meanOf(values), prompts: values.length };
}

function meanOf(values: Float64Array | readonly number[]): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

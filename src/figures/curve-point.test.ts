import { expect, test } from "vitest";
import { curvePoint } from "./curve-point.ts";
import { groupScores } from "./group-scores.ts";
import { pairedDifference } from "./paired-difference.ts";
import { promptMeans } from "./prompt-means.ts";
import { rankGroups } from "./rank-groups.ts";
import type { StepRollouts } from "./step-rollouts.ts";

const NONE = Number.NaN;

/** Groups of [score, tokens, truncated] a rollout. */
function stepOf(groups: Record<string, [number, number, number][]>, trainStep = 1): StepRollouts {
  const rollouts = Object.values(groups).flat();
  return {
    split: "train",
    trainStep,
    promptKeys: Object.keys(groups),
    groupSizes: Int32Array.from(Object.values(groups), ({ length }) => length),
    scores: Float64Array.from(rollouts, ([score]) => score),
    tokens: Int32Array.from(rollouts, ([, tokens]) => tokens),
    truncated: Int8Array.from(rollouts, ([, , truncated]) => truncated),
  };
}

const step = stepOf({
  // 2 of 4 correct, one invalid: mean 0.5; correct 10 and 30 tokens, wrong 60 and 40: gap −30.
  mixed: [
    [1, 10, 0],
    [1, 30, 0],
    [0, 60, 1],
    [0, 40, 0],
    [NONE, 99, -1],
  ],
  // All wrong: no signal, no gap.
  wrong: [
    [0, 100, 1],
    [0, -1, 1],
  ],
  // Nothing valid: in no mean.
  failed: [[NONE, 5, 0]],
});

test("a point is what working it out by hand gives", () => {
  expect(curvePoint(step, 1, [1, 2, 4, 8])).toMatchObject({
    split: "train",
    train_step: 1,
    prompts: 3,
    rollouts: 8,
    valid: 6,
    invalid: 2,
    // (0.5 + 0) / 2: each prompt once, not each rollout.
    mean: 0.25,
    pass_at_k: [
      { k: 1, value: 0.25, prompts: 2 },
      // (1 − C(2,2)/C(4,2) + 0) / 2.
      { k: 2, value: expect.closeTo((5 / 6 + 0) / 2, 12), prompts: 2 },
      { k: 4, value: 1, prompts: 1 },
      { k: 8, value: null, prompts: 0 },
    ],
    no_signal_share: 0.5,
    // Of 5, 10, 30, 40, 60, 99, 100.
    tokens_p50: 40,
    tokens_p95: 99 + (100 - 99) * (6 * 0.95 - 5),
    truncated_share: 3 / 7,
    length_gap: -30,
    length_gap_prompts: 1,
  });
});

test("the threshold decides what is correct, and nothing else", () => {
  const graded = stepOf({
    a: [
      [0.2, 1, 0],
      [0.6, 3, 0],
    ],
  });
  expect(curvePoint(graded, 0.5, [1])).toMatchObject({ mean: 0.4, length_gap: 2 });
  expect(curvePoint(graded, 0.5, [1]).pass_at_k[0]?.value).toBe(0.5);
  expect(curvePoint(graded, 0.6, [1]).pass_at_k[0]?.value).toBe(0.5);
  expect(curvePoint(graded, 0.61, [1]).pass_at_k[0]?.value).toBe(0);
});

test("a step without any valid score has no means, and its rollouts are still counted", () => {
  expect(curvePoint(stepOf({ a: [[NONE, -1, -1]] }), 1, [1])).toEqual({
    ...{ split: "train", train_step: 1, prompts: 1, rollouts: 1, valid: 0, invalid: 1 },
    ...{ mean: null, mean_low: null, mean_high: null, resamples: 0 },
    ...{ pass_at_k: [{ k: 1, value: null, prompts: 0 }], no_signal_share: null },
    ...{ tokens_p50: null, tokens_p95: null, truncated_share: null, length_gap: null, length_gap_prompts: 0 },
  });
});

test("the standard deviation is the population's", () => {
  const group = groupScores(
    stepOf({
      a: [
        [2, 0, 0],
        [4, 0, 0],
        [4, 0, 0],
        [6, 0, 0],
      ],
    }),
    { index: 0, start: 0, end: 4 },
    4,
  );
  expect(group).toMatchObject({
    mean: 4,
    standardDeviation: Math.SQRT2,
    valid: 4,
    correct: 3,
    hasSignal: true,
  });
});

test("equal scores are equal however they round when added up", () => {
  const group = groupScores(
    stepOf({
      a: [
        [0.1, 0, 0],
        [0.1, 0, 0],
        [0.1, 0, 0],
      ],
    }),
    { index: 0, start: 0, end: 3 },
    1,
  );
  expect(group).toMatchObject({ mean: 0.1, standardDeviation: 0, hasSignal: false });
});

test("groups are ranked as each sort says, those it says nothing about last", () => {
  const groups = stepOf({
    failed: [[NONE, 0, 0]],
    half: [
      [1, 0, 0],
      [0, 0, 0],
    ],
    right: [
      [1, 0, 0],
      [1, 0, 0],
    ],
    wrong: [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
    wronger: [[0, 0, 0]],
  });
  const previous = (_step: StepRollouts, key: string) =>
    key === "right" ? { trainStep: 0, mean: 0.9 } : key === "half" ? { trainStep: 0, mean: 1 } : null;
  const order = (sort: Parameters<typeof rankGroups>[2]) =>
    rankGroups([groups], 1, sort, previous).map(({ promptKey }) => promptKey);
  expect(order("mixed")).toEqual(["half", "wrong", "right", "wronger", "failed"]);
  expect(order("all_wrong")).toEqual(["wrong", "wronger", "half", "right", "failed"]);
  expect(order("all_right")).toEqual(["right", "half", "wrong", "wronger", "failed"]);
  expect(order("biggest_change").slice(0, 2)).toEqual(["half", "right"]);
  expect(order("group")).toEqual(["failed", "half", "right", "wrong", "wronger"]);
});

test("a prompt's mean is over all of its valid rollouts, whatever step they are of", () => {
  const later = stepOf({ mixed: [[1, 0, 0]], failed: [[1, 0, 0]] }, 2);
  const { means, rollouts, invalid } = promptMeans([step, later]);
  expect([rollouts, invalid]).toEqual([10, 2]);
  expect(means.get("mixed")).toEqual({ mean: 3 / 5, valid: 5, split: "train", trainStep: 2 });
  expect(means.get("failed")).toMatchObject({ mean: 1, valid: 1 });
  expect(means.get("wrong")).toMatchObject({ mean: 0, valid: 2, trainStep: 1 });
});

test("won, lost and tied are counted by prompt, and the mean difference has its interval", () => {
  const found = pairedDifference(Float64Array.of(0.5, -0.25, 0, 0.1 + 0.2 - 0.3, 1));
  expect(found).toMatchObject({ won: 2, lost: 1, tied: 2 });
  expect(found.mean).toBeCloseTo(0.25, 12);
  expect(found.interval?.low).toBeLessThan(0.25);
  expect(pairedDifference(new Float64Array())).toEqual({
    won: 0,
    lost: 0,
    tied: 0,
    mean: null,
    interval: null,
  });
});

import { expect, test } from "vitest";
import type { Score } from "../../contract/trace.ts";
import { createJudge, groupByStep, worst } from "./step-scores.ts";

const score = (value: number | null, changes: Partial<Score> = {}): Score => ({
  step_i: 0,
  name: "correct",
  value,
  status: value === null ? "error" : "ok",
  by: "x",
  comment: null,
  updated_at: "2026-01-31T12:00:00.000Z",
  ...changes,
});

test("scores of steps are grouped, those of the whole trace left out", () => {
  const scores = [score(1, { step_i: 2 }), score(0, { step_i: 2 }), score(1, { step_i: null })];
  expect([...groupByStep(scores)]).toEqual([[2, scores.slice(0, 2)]]);
});

test("labels from 0 to 1 and from -1 to 1 are told apart by their values", () => {
  const plain = createJudge([score(0), score(1)]);
  expect([0, 0.5, 1].map((value) => plain(score(value)))).toEqual(["bad", "middling", "good"]);
  const signed = createJudge([score(-1), score(1)]);
  expect([-1, 0, 1].map((value) => signed(score(value)))).toEqual(["bad", "middling", "good"]);
});

test("a score that failed is unknown", () => {
  expect(createJudge([])(score(null))).toBe("unknown");
});

test("one mark shows the worst", () => {
  expect(worst(["good", "bad"])).toBe("bad");
  expect(worst(["good", "unknown"])).toBe("unknown");
  expect(worst([])).toBeUndefined();
});

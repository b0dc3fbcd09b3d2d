import { expect, test } from "vitest";
import { spreadScores } from "./spread-scores.ts";

test("scores stand from the greatest to the least, and those that are not valid last", () => {
  expect(spreadScores(Float64Array.of(0, Number.NaN, 1, -10, 0.5), 64)).toEqual([1, 0.5, 0, -10, null]);
  expect(spreadScores(Float64Array.of(Number.NaN), 64)).toEqual([null]);
  expect(spreadScores(new Float64Array(), 64)).toEqual([]);
});

test("of too many both ends and what lies evenly between stay", () => {
  const scores = Float64Array.from({ length: 101 }, (_, at) => at);
  expect(spreadScores(scores, 5)).toEqual([100, 75, 50, 25, 0]);
  expect(spreadScores(Float64Array.of(1, 2, 3), 1)).toEqual([3]);
});

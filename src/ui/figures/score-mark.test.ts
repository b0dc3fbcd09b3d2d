import { expect, test } from "vitest";
import { describeScores, markScore } from "./score-mark.ts";

test("a score is right from the threshold on, and wrong below it by how near it comes", () => {
  expect(markScore(1, 1, 0)).toEqual({ kind: "right", share: 1 });
  expect(markScore(0.25, 1, 0)).toEqual({ kind: "wrong", share: 0.25 });
  expect(markScore(0, 1, -1)).toEqual({ kind: "wrong", share: 0.5 });
  expect(markScore(null, 1, 0)).toEqual({ kind: "none", share: 0 });
});

test("a threshold at or below the least score leaves nothing between", () => {
  expect(markScore(-2, -1, -2)).toEqual({ kind: "wrong", share: 0 });
  expect(markScore(-1, 0, 0.5)).toEqual({ kind: "wrong", share: 0 });
});

test("marks are told in words", () => {
  expect(describeScores([1, 1, 0, null], 1)).toBe("2 correct, 1 not, 1 without a valid score");
  expect(describeScores([0.5], 0.5)).toBe("1 correct, 0 not");
});

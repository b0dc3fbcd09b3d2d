import { expect, test } from "vitest";
import { defaultScore } from "./use-score.ts";

test.each([
  [undefined, "reward"],
  [[], "reward"],
  [["judge", "reward"], "reward"],
  [["correct", "judge"], "correct"],
])("where the names are %j and none is chosen, it is %s", (names, score) => {
  expect(defaultScore(names)).toBe(score);
});

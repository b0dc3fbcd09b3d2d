import { expect, test } from "vitest";
import { passAtK } from "./pass-at-k.ts";

test.each([
  // One of two correct, one drawn: a half.
  [2, 1, 1, 1 / 2],
  // 1 − C(2,2)/C(4,2) = 1 − 1/6.
  [4, 2, 2, 5 / 6],
  // 1 − C(13,4)/C(16,4) = 1 − 715/1820.
  [16, 3, 4, 1 - 715 / 1820],
  [16, 0, 4, 0],
  [16, 16, 4, 1],
  // Three wrong ones: four drawn hold a correct one.
  [16, 13, 4, 1],
  [16, 12, 4, 1 - 1 / 1820],
])("of %i with %i correct, pass@%i is %f", (n, c, k, expected) => {
  expect(passAtK(n, c, k)).toBeCloseTo(expected, 12);
});

test("is not defined for fewer samples than k", () => {
  expect(passAtK(3, 3, 4)).toBeNull();
  expect(passAtK(0, 0, 1)).toBeNull();
});

test("is what counting every choice of k gives", () => {
  for (let n = 1; n <= 9; n++)
    for (let c = 0; c <= n; c++)
      for (let k = 1; k <= n; k++) expect(passAtK(n, c, k)).toBeCloseTo(shareWithCorrect(n, c, k), 12);
});

/** The first c of n are correct; each subset is a bit mask. */
function shareWithCorrect(n: number, c: number, k: number): number {
  let [subsets, hits] = [0, 0];
  for (let mask = 0; mask < 1 << n; mask++) {
    if (mask.toString(2).replaceAll("0", "").length !== k) continue;
    subsets++;
    if ((mask & ((1 << c) - 1)) !== 0) hits++;
  }
  return hits / subsets;
}

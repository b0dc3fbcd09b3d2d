import { expect, test } from "vitest";
import { percentile } from "./percentile.ts";

test.each([
  [[7], 0.95, 7],
  [[1, 2], 0.5, 1.5],
  [[1, 2, 3, 4], 0.5, 2.5],
  // (4 − 1) · 0.95 = 2.85: between 3 and 10.
  [[1, 2, 3, 10], 0.95, 3 + 7 * 0.85],
  [[1, 2, 3], 0, 1],
  [[1, 2, 3], 1, 3],
])("of %j at %f is %f", (values, share, expected) => {
  expect(percentile(values, share)).toBeCloseTo(expected, 12);
});

test("of nothing is null", () => {
  expect(percentile([], 0.5)).toBeNull();
});

import { expect, test } from "vitest";
import { findBoxed } from "./boxed.ts";

test.each([
  ["So it is $\\boxed{9}$.", "9"],
  ["\\boxed{1}, no: \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"],
  ["\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"],
  ["\\boxed{}", ""],
])("of %s the box holds %s", (text, boxed) => {
  expect(findBoxed(text)).toBe(boxed);
});

test.each(["9", "boxed{9}", "cut off in \\boxed{\\frac{1}{2"])("%s has no whole box", (text) => {
  expect(findBoxed(text)).toBeUndefined();
});

import { expect, test } from "vitest";
import { moveWindow } from "./row-window.ts";

test("a window of rows stays where it is, away from its ends", () => {
  expect(moveWindow(0, 5_000, 1_000_000, 10_000)).toBe(0);
  expect(moveWindow(5_000, 4_000, 1_000_000, 10_000)).toBe(5_000);
});

test("it moves by half of itself near its end, while there is more", () => {
  expect(moveWindow(0, 9_000, 1_000_000, 10_000)).toBe(5_000);
  expect(moveWindow(0, 9_000, 10_000, 10_000)).toBe(0);
});

test("it moves back near its beginning, and not beyond the first row", () => {
  expect(moveWindow(5_000, 100, 1_000_000, 10_000)).toBe(0);
  expect(moveWindow(0, 0, 1_000_000, 10_000)).toBe(0);
  expect(moveWindow(3_000, 100, 1_000_000, 10_000)).toBe(0);
});

test("after it moved it does not want to move back", () => {
  expect(moveWindow(5_000, 9_000 - 5_000, 1_000_000, 10_000)).toBe(5_000);
});

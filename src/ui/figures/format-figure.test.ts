import { expect, test } from "vitest";
import { formatChange, formatFigure, formatInterval, formatPercent } from "./format-figure.ts";

test("figures have a fixed number of digits, and a dash stands for none", () => {
  expect([0.42126, -0.5, 0, null, undefined].map((value) => formatFigure(value))).toEqual([
    "0.421",
    "−0.500",
    "0.000",
    "–",
    "–",
  ]);
});

test("changes have a sign unless they vanish", () => {
  expect([0.12, -0.05, 0.0001, 0].map((value) => formatChange(value))).toEqual([
    "+0.120",
    "−0.050",
    "0.000",
    "0.000",
  ]);
});

test("shares are percents, whole ones without decimals", () => {
  expect([0, 0.0421, 1, null].map(formatPercent)).toEqual(["0 %", "4.2 %", "100 %", "–"]);
});

test("an interval has both ends or none", () => {
  expect(formatInterval(0.381, 0.459)).toBe("0.381 – 0.459");
  expect(formatInterval(null, 1)).toBe("–");
});

import { expect, test } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatEstimate,
  formatPlural,
  formatScore,
  formatShare,
  formatShort,
} from "./figures.ts";

test("counts are grouped, or short where there is little room", () => {
  expect(formatCount(1_234_567)).toBe("1,234,567");
  expect(formatShort(1_234_567)).toBe("1.23M");
  expect(formatPlural(1, "step")).toBe("1 step");
  expect(formatPlural(0, "step")).toBe("0 steps");
});

test("what was reckoned has three digits, a share two at most", () => {
  expect([7, 1_234_567, 99_950].map(formatEstimate)).toEqual(["≈ 7", "≈ 1,230,000", "≈ 100,000"]);
  expect([0.0304, 0.256, 0.5].map(formatShare)).toEqual(["3 %", "26 %", "50 %"]);
});

test("scores have few decimals and a true minus", () => {
  expect([1, 0.5, -1, 0.333333, 0].map(formatScore)).toEqual(["1", "0.5", "−1", "0.3333", "0"]);
});

test("a score that is not zero never reads as 0, and none takes more room than there is", () => {
  expect([-1e-9, 0.00004, 0.00005, -1e308, 1.26e12, 123_456_789].map(formatScore)).toEqual([
    "−1e−9",
    "4e−5",
    "0.0001",
    "−1e308",
    "1.3e12",
    "123456789",
  ]);
});

test("sizes have the unit that fits", () => {
  expect([0, 999, 1_000, 12_345_678, 5e15].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 KB",
    "12.3 MB",
    "5000 TB",
  ]);
});

test("an age has the largest unit that fits", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  const at = (text: string) => formatAge(text, now);
  expect(at("2026-01-31T11:59:30Z")).toBe("now");
  expect(at("2026-01-31T13:00:00Z")).toBe("now");
  expect(at("2026-01-31T11:50:00Z")).toBe("10 min");
  expect(at("2026-01-30T11:00:00Z")).toBe("1 d");
  expect(at("2024-01-30T11:00:00Z")).toBe("2 y");
});

test("a duration has the largest unit that fits", () => {
  expect([0, 59.9, 60, 7_300].map(formatDuration)).toEqual(["0 s", "59 s", "1 min", "2 h"]);
});

import { expect, test } from "vitest";
import { binDays } from "./day-bins.ts";

const daysFrom = (first: string, count: number, every = 1) =>
  Array.from({ length: count }, (_, at) => ({
    day: new Date(Date.parse(first) + at * every * 86_400_000).toISOString().slice(0, 10),
    count: 1,
  }));
const sum = (bins: { count: number }[]) => bins.reduce((all, { count }) => all + count, 0);

test("a few days are a column each, those without traces as well", () => {
  expect(
    binDays([
      { day: "2026-02-02", count: 5 },
      { day: "2026-01-30", count: 7 },
    ]),
  ).toEqual([
    { from: "2026-01-30", to: "2026-01-30", count: 7 },
    { from: "2026-01-31", to: "2026-01-31", count: 0 },
    { from: "2026-02-01", to: "2026-02-01", count: 0 },
    { from: "2026-02-02", to: "2026-02-02", count: 5 },
  ]);
  expect(binDays([])).toEqual([]);
});

test("months of days become weeks from Monday to Sunday, the first and the last as far as they go", () => {
  const bins = binDays(daysFrom("2026-01-01", 200));
  expect(bins.slice(0, 2)).toEqual([
    { from: "2026-01-01", to: "2026-01-04", count: 4 },
    { from: "2026-01-05", to: "2026-01-11", count: 7 },
  ]);
  expect(bins.at(-1)).toEqual({ from: "2026-07-13", to: "2026-07-19", count: 7 });
  expect(sum(bins)).toBe(200);
});

test("years become months, then years", () => {
  const months = binDays(daysFrom("2024-01-15", 100, 10));
  expect(months[0]).toEqual({ from: "2024-01-15", to: "2024-01-25", count: 2 });
  expect(sum(months)).toBe(100);
  const years = binDays(daysFrom("1999-12-31", 100, 100));
  expect(years[0]).toEqual({ from: "1999-12-31", to: "1999-12-31", count: 1 });
  expect(years[1]?.from.slice(0, 4)).toBe("2000");
});

test.each([1, 2, 61, 62, 63, 400, 3_000, 30_000, 700_000])(
  "%i days are never more than 62 columns",
  (span) => {
    const bins = binDays([...daysFrom("0001-01-01", 1), ...daysFrom("0001-01-01", 2, span).slice(1)]);
    expect(bins.length).toBeLessThanOrEqual(62);
    expect(sum(bins)).toBe(2);
  },
);

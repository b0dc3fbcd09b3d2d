import { expect, test } from "vitest";
import { parseQuery } from "../../search-bar/parse-query.ts";
import { dayColumns, sizeColumns } from "./columns.ts";

const format = (count: number) => String(count);
const steps = { key: "steps", unit: "steps" };
const noBounds = { least: 0, most: Number.POSITIVE_INFINITY };

test("a column of days links to just those days, beside what is asked for already", () => {
  const days = Array.from({ length: 100 }, (_, at) => ({
    value: new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
    count: 1,
  }));
  const [first, second] = dayColumns(days, "source:a created:>=2026-01-01", format);
  expect(parseQuery(first?.query ?? "").parameters).toEqual({
    source: "a",
    created_from: "2026-01-01",
    created_before: "2026-01-05",
  });
  expect(second?.label).toMatch(/^Jan 5\s–\s11, 2026: 7$/);
});

test("sizes are columns from one power of two to the next, empty ones as well", () => {
  const histogram = [
    { from: 0, below: 1, count: 3 },
    { from: 4, below: 8, count: 5 },
    { from: 2 ** 30, below: null, count: 1 },
  ];
  const columns = sizeColumns(histogram, steps, noBounds, "", format);
  expect(columns.slice(0, 4)).toEqual([
    { label: "0 steps: 3", count: 3, query: "steps:0", tick: "0" },
    { label: "1 steps: 0", count: 0, query: "steps:1", tick: undefined },
    { label: "2 to 3 steps: 0", count: 0, query: "steps:2..3", tick: "2" },
    { label: "4 to 7 steps: 5", count: 5, query: "steps:4..7", tick: undefined },
  ]);
  expect(columns.at(-1)).toMatchObject({ query: "steps:1073741824.." });
  expect(columns.length).toBe(32);
});

test("a column that the query cuts off links to what is left of it", () => {
  const histogram = [{ from: 8, below: 16, count: 2 }];
  const [column] = sizeColumns(histogram, steps, { least: 11, most: 12 }, "steps:11..12", format);
  expect(column).toMatchObject({ label: "11 to 12 steps: 2", query: "steps:11..12" });
});

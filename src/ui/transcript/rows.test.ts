import { describe, expect, test } from "vitest";
import { type Row, rowOf, toRows } from "./rows.ts";
import type { Section } from "./sections.ts";

const section = (text: string, changes: Partial<Section> = {}): Section => ({
  key: "step-0",
  kind: "step",
  label: "thinking",
  text,
  ...changes,
});
const unfolded = new Set(["step-0"]);
const joined = (rows: Row[]) => rows.map((row) => row.text).join("");

describe("a section", () => {
  test("that is short is one row", () => {
    expect(toRows([section("short"), section("")], new Set())).toEqual([
      { at: 0, text: "short", from: 0, isFirst: true, isLast: true, hidden: 0 },
      { at: 1, text: "", from: 0, isFirst: true, isLast: true, hidden: 0 },
    ]);
  });

  test("that is long shows its beginning, up to a paragraph's end, and how much it hides", () => {
    const text = `${"a".repeat(900)}\n\n${"b".repeat(5_000)}`;
    const [row, ...more] = toRows([section(text)], new Set());
    expect(more).toEqual([]);
    expect(row).toMatchObject({ text: `${"a".repeat(900)}\n\n`, hidden: 5_000 });
  });

  test.each([
    ["prose in paragraphs", "word word.\n\n".repeat(3_000)],
    ["prose in one line", "word ".repeat(10_000)],
    ["text without a space", "字".repeat(50_000)],
    ["pairs of surrogates", "😀".repeat(20_000)],
    ["code between fences", `${"```\ncode\n\ncode\n```\n\n".repeat(2_000)}`],
  ])("of %s is cut into parts of bounded size that join to the whole", (_name, text) => {
    const rows = toRows([section(text)], unfolded);
    expect(joined(rows)).toBe(text);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      expect(row.text.length).toBeLessThanOrEqual(6_000);
      expect(row.text.isWellFormed()).toBe(true);
      expect(text.startsWith(row.text, row.from)).toBe(true);
    }
    expect(rows.map((row) => row.isFirst).indexOf(true, 1)).toBe(-1);
    expect(rows.findIndex((row) => row.isLast)).toBe(rows.length - 1);
  });

  test("of JSON is cut at its lines", () => {
    const text = JSON.stringify(Array.from({ length: 5_000 }), null, 2);
    const rows = toRows([section(text, { isCode: true })], unfolded);
    expect(joined(rows)).toBe(text);
    for (const row of rows.slice(0, -1)) expect(row.text.endsWith("\n")).toBe(true);
  });
});

test("a place in a section is found in its row", () => {
  const sections = [section("first"), section("word ".repeat(10_000), { key: "step-1" }), section("last")];
  const rows = toRows(sections, new Set(["step-1"]));
  expect(rowOf(rows, 0, 3)).toBe(0);
  expect(rowOf(rows, 1, 0)).toBe(1);
  for (const place of [0, 3_999, 4_000, 4_001, 25_000, 49_999]) {
    const row = rows[rowOf(rows, 1, place)] as Row;
    expect(row.at).toBe(1);
    expect(place).toBeGreaterThanOrEqual(row.from);
    expect(place).toBeLessThan(row.from + row.text.length);
  }
  expect(rowOf(rows, 2, 0)).toBe(rows.length - 1);
});

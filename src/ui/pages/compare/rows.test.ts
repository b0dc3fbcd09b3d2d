import { describe, expect, test } from "vitest";
import type { Section } from "../../transcript/sections.ts";
import type { Pair, Stretch } from "./pairs.ts";
import { lengthOf, type TextRow, toRows } from "./rows.ts";

const section = (text: string, kind: Section["kind"] = "step"): Section => ({
  key: "x",
  kind,
  label: "a",
  text,
});
const NONE: ReadonlySet<string> = new Set();
const shown = { unfolded: NONE, isHidingEqual: false };

function pair(key: string, stretches: Stretch[], changes: Partial<Pair> = {}): Pair {
  const side = (name: "base" | "other") =>
    section(stretches.map((one) => (one.op === "equal" ? one.text : one[name])).join(""));
  const op = stretches.every(({ op }) => op === "equal") ? "equal" : "changed";
  return {
    key,
    op,
    base: side("base"),
    other: side("other"),
    members: [],
    stretches,
    isByWords: true,
    ...changes,
  };
}
const equal = (text: string): Stretch => ({ op: "equal", text });
const different = (base: string, other: string): Stretch => ({ op: "different", base, other });
const texts = (rows: TextRow[], side: "base" | "other") =>
  rows.flatMap((row) => row[side].map(({ text }) => text)).join("");
const textRows = (pairs: Pair[], choices = shown) =>
  toRows(pairs, choices).filter((row): row is TextRow => row.kind === "text");

test("the answers come first, then what is known, then the texts", () => {
  const answer = pair("answer", [equal("7")], {
    base: section("7", "answer"),
    other: section("7", "answer"),
  });
  expect(toRows([answer, pair("p", [equal("a")])], shown).map(({ key }) => key)).toEqual([
    "answer+0",
    "facts",
    "p+0",
  ]);
  expect(toRows([pair("p", [equal("a")])], shown).map(({ key }) => key)).toEqual(["facts", "p+0"]);
  expect(toRows([answer], shown).map(({ key }) => key)).toEqual(["answer+0", "facts"]);
});

describe("a long pair", () => {
  const long = pair("long", [
    equal("same words ".repeat(500)),
    different("", "only there\n".repeat(900)),
    equal("the same\n\n".repeat(900)),
    different("😀".repeat(5_000), "字".repeat(9_000)),
    equal("end"),
  ]);

  test("shows its beginning and says how much it hides", () => {
    const [row, ...more] = textRows([long]);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ isFirst: true, isLast: true, isLong: true });
    expect((row?.hidden ?? 0) + lengthOf(row?.other ?? [])).toBe(long.other?.text.length);
  });

  test("is cut into rows of bounded size, that join to the whole, what is equal side by side", () => {
    const rows = textRows([long], { unfolded: new Set(["long"]), isHidingEqual: false });
    expect(texts(rows, "base")).toBe(long.base?.text);
    expect(texts(rows, "other")).toBe(long.other?.text);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const same = (side: "base" | "other") => row[side].filter(({ isEqual }) => isEqual);
      expect(same("base")).toEqual(same("other"));
      for (const side of ["base", "other"] as const) {
        expect(lengthOf(row[side])).toBeLessThanOrEqual(4_000);
        for (const { text } of row[side]) expect(text.isWellFormed()).toBe(true);
      }
    }
    expect(rows.filter(({ isFirst }) => isFirst)).toHaveLength(1);
    expect(rows.at(-1)?.isLast).toBe(true);
  });
});

test("an empty pair is a row", () => {
  expect(textRows([pair("empty", [equal("")])])).toMatchObject([
    { base: [], other: [], isFirst: true, isLast: true },
  ]);
});

test("what is equal can be left out, and shown again place by place", () => {
  const pairs = [
    pair("a", [equal("1")]),
    pair("b", [equal("2")]),
    pair("c", [different("3", "4")]),
    pair("d", [equal("5")]),
  ];
  const keys = (unfolded: ReadonlySet<string>) =>
    toRows(pairs, { unfolded, isHidingEqual: true }).map(({ key }) => key);
  expect(keys(NONE)).toEqual(["facts", "left-out-a", "c+0", "left-out-d"]);
  expect(toRows(pairs, { unfolded: NONE, isHidingEqual: true })[1]).toMatchObject({ pairs: 2 });
  expect(keys(new Set(["left-out-a"]))).toEqual(["facts", "a+0", "b+0", "c+0", "left-out-d"]);
});

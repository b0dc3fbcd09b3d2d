import { expect, test } from "vitest";
import { findHits, MAX_HITS } from "./find-hits.ts";
import type { Section } from "./sections.ts";

const sections = ["Add one. ADD two.", "İ add", "2 * (3 + 4) - [5]"].map(
  (text, at): Section => ({ key: `step-${at}`, kind: "step", label: "x", text }),
);

test("hits are found in every section, in capitals or not, at their places", () => {
  expect(findHits(sections, "add")).toEqual([
    { at: 0, from: 0 },
    { at: 0, from: 9 },
    { at: 1, from: 2 },
  ]);
});

test("signs stand for themselves", () => {
  expect(findHits(sections, "* (3 +")).toEqual([{ at: 2, from: 2 }]);
  expect(findHits(sections, "- [5]")).toEqual([{ at: 2, from: 12 }]);
  expect(findHits(sections, "a.d")).toEqual([]);
});

test("nothing is looked for when nothing was typed", () => {
  expect(findHits(sections, "")).toEqual([]);
});

test("there is an end to counting", () => {
  const many: Section[] = [{ key: "a", kind: "answer", label: "answer", text: "x".repeat(50_000) }];
  expect(findHits(many, "x")).toHaveLength(MAX_HITS);
});

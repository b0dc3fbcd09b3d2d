import { describe, expect, test } from "vitest";
import { hasTerm, toggleTerm } from "./edit-query.ts";

describe("a term", () => {
  test("is added, and taken out again", () => {
    const tag = { key: "tag", value: "a b" };
    const added = toggleTerm("steps:>10 words", tag);
    expect(added).toBe('steps:>10 words tag:"a b"');
    expect(hasTerm(added, tag)).toBe(true);
    expect(hasTerm(added, { ...tag, isNegated: true })).toBe(false);
    expect(toggleTerm(added, tag)).toBe("steps:>10 words");
  });

  test("takes the place of another of its key, where that has one value", () => {
    expect(toggleTerm("source:a -source:b", { key: "source", value: "c" })).toBe("-source:b source:c");
    expect(toggleTerm("tag:a", { key: "tag", value: "b" })).toBe("tag:a tag:b");
  });

  test("takes the place of its opposite", () => {
    const tag = { key: "tag", value: "a" };
    expect(toggleTerm("tag:a x", { ...tag, isNegated: true })).toBe("x -tag:a");
    expect(toggleTerm("x -tag:a", tag)).toBe("x tag:a");
    expect(toggleTerm("-tag:a -tag:b", { ...tag, isNegated: true })).toBe("-tag:b");
    expect(toggleTerm("source:a", { key: "source", value: "b", isNegated: true })).toBe("source:a -source:b");
  });
});

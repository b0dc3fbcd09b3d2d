import { describe, expect, test } from "vitest";
import { compilePattern, findMatches } from "./find-matches.ts";

const shown = (pattern: string, text: string, limit = 10) =>
  findMatches(compilePattern(pattern), [{ place: "prompt", text }], limit).map(({ parts }) =>
    parts.map((part) => (part.hit ? `[${part.text}]` : part.text)).join(""),
  );

describe("matches", () => {
  test.each([
    ["c[ao]t", "a cat\na cot, a cut", ["a [cat]", "a [cot], a cut"]],
    ["^a.*$", "one\nand two\nthree", ["[and two]"]],
    ["(?i)WAIT", "Wait, no", ["[Wait], no"]],
    ["\\\\boxed\\{[^}]*\\}", "so \\boxed{5}.", ["so [\\boxed{5}]."]],
    ["数+", "最小的数数字🧮", ["最小的[数数]字🧮"]],
    ["x*", "aaa", []],
    ["a", "aaa", ["[a]aa", "a[a]a", "aa[a]"]],
  ])("%s in %j", (pattern, text, expected) => {
    expect(shown(pattern, text)).toEqual(expected);
  });

  test("are cut where they are long, and end at the limit", () => {
    const [long] = shown("b+", `${"a".repeat(100)}${"b".repeat(500)}${"c".repeat(100)}`);
    expect(long).toBe(`${"a".repeat(60)}[${"b".repeat(200)}…]${"c".repeat(60)}`);
    expect(shown("a", "a".repeat(100), 3)).toHaveLength(3);
  });

  test("are cut between characters", () => {
    const smiles = "😀".repeat(50);
    expect(shown("needle", `${smiles}aneedleb${smiles}`)).toEqual([
      `${"😀".repeat(29)}a[needle]b${"😀".repeat(29)}`,
    ]);
    expect(shown("y+.+", `${"y".repeat(199)}😀😀`)).toEqual([`[${"y".repeat(199)}…]`]);
  });

  test.each(["(a+)+$x", "(a|a)*b", "(a|aa)+$x", "(.*)*(.*)*x"])(
    "%s takes time that grows with the text alone",
    (pattern) => {
      const start = performance.now();
      expect(shown(pattern, "a".repeat(50_000))).toEqual([]);
      expect(performance.now() - start).toBeLessThan(10_000);
    },
  );
});

test.each(["(", "a{1000}{1000}", "(?=x)", "(a)\\1", "[z-a]"])(
  "%s is refused with what is wrong",
  (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/^match: error parsing regexp: ./);
  },
);

import { describe, expect, test } from "vitest";
import { mathAtStart, mathStart } from "./math.ts";

describe("mathematics is", () => {
  test.each([
    ["$x+1$ and", "$x+1$", "x+1", false],
    ["$x$-axis", "$x$", "x", false],
    ["$a\\$b$", "$a\\$b$", "a\\$b", false],
    ["$$ x^2 $$", "$$ x^2 $$", "x^2", true],
    ["$$\na\n\nb\n$$", "$$\na\n\nb\n$$", "a\n\nb", true],
    ["\\(\\frac{1}{2}\\), so", "\\(\\frac{1}{2}\\)", "\\frac{1}{2}", false],
    ["\\[ x \\]", "\\[ x \\]", "x", true],
    ["\\boxed{\\frac{1}{2}} is it", "\\boxed{\\frac{1}{2}}", "\\boxed{\\frac{1}{2}}", false],
    ["\\boxed{a \\} b}.", "\\boxed{a \\} b}", "\\boxed{a \\} b}", false],
    [
      "\\begin{align*}a&=b\\end{align*} so",
      "\\begin{align*}a&=b\\end{align*}",
      "\\begin{align*}a&=b\\end{align*}",
      true,
    ],
  ])("the beginning of %j", (text, raw, tex, isDisplay) => {
    expect(mathAtStart(text)).toEqual({ raw, tex, isDisplay });
  });

  test.each([
    "$5 and $10",
    "$5-$10",
    "$ x$",
    "$x $",
    "$x",
    "$a\n\nb$",
    "$$",
    "$$$$",
    "\\( x",
    "\\[ x",
    "\\boxed{x",
    "\\begin{align}x",
    "\\begin{document}x\\end{document}",
    "x",
    "",
  ])("not the beginning of %j", (text) => {
    expect(mathAtStart(text)).toBeUndefined();
  });
});

test("it may begin where one of its openers stands", () => {
  expect(mathStart("so $x$")).toBe(3);
  expect(mathStart("so \\(x\\)")).toBe(3);
  expect(mathStart("so \\boxed{x}")).toBe(3);
  expect(mathStart("so \\begin{cases}")).toBe(3);
  expect(mathStart("so (x) [y] \\n")).toBe(-1);
});

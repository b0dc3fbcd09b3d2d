import { describe, expect, test } from "vitest";
import { parseQuery, queryKeys, quoteValue } from "./parse-query.ts";

const parameters = (text: string) => {
  const parsed = parseQuery(text);
  expect(parsed.problems).toEqual([]);
  return parsed.parameters;
};

describe("a query", () => {
  test.each<[string, object]>([
    ["", {}],
    ["   ", {}],
    ["source:gsm8k", { source: "gsm8k" }],
    ['source:"a b"', { source: "a b" }],
    ['source:"say \\"hi\\""', { source: 'say "hi"' }],
    ["tag:a tag:b", { tag: ["a", "b"] }],
    ["-model:x -model:y", { not_model: ["x", "y"] }],
    ["finish:length", { finish_reason: "length" }],
    ["steps:>10", { min_steps: "11" }],
    ["steps:>=10", { min_steps: "10" }],
    ["steps:<10", { max_steps: "9" }],
    ["steps:10", { min_steps: "10", max_steps: "10" }],
    ["steps:10..20", { min_steps: "10", max_steps: "20" }],
    ["steps:10..", { min_steps: "10" }],
    ["steps:>2 steps:<9", { min_steps: "3", max_steps: "8" }],
    ["train_step:180", { train_step: "180" }],
    ["train_step:1..9", { min_train_step: "1", max_train_step: "9" }],
    ["reward:1", { "score.reward": "1" }],
    ["reward:>=-0.5", { "min_score.reward": "-0.5" }],
    ["score.correct:0..0.5", { "min_score.correct": "0", "max_score.correct": "0.5" }],
    ["score_status.reward:error", { "score_status.reward": "error" }],
    ["meta.level:5", { "meta.level": "5" }],
    ['meta."a.b".c:x', { 'meta."a.b".c': "x" }],
    ["created:2026-01-31", { created_from: "2026-01-31", created_before: "2026-02-01" }],
    ["created:>=2026-01-31", { created_from: "2026-01-31" }],
    ["created:>2026-01-31", { created_from: "2026-02-01" }],
    ["created:<2026-01-31", { created_before: "2026-01-31" }],
    ["created:<=2026-01-31T12:00:00Z", { created_before: "2026-01-31T12:00:00.001Z" }],
    ["carry the one", { q: "carry the one" }],
    ['"carry the one" -two', { q: '"carry the one" -two' }],
    ["3:4", { q: "3:4" }],
    ['"a: b"', { q: '"a: b"' }],
    [
      'source:gsm8k tag:math steps:>10 -model:x "carry the one"',
      { source: "gsm8k", tag: ["math"], min_steps: "11", not_model: ["x"], q: '"carry the one"' },
    ],
  ])("%s", (text, expected) => {
    expect(parameters(text)).toEqual(expected);
  });

  test.each<[string, RegExp]>([
    ["colour:red", /“colour” is not known here; keys are source, /],
    ["toString:x", /“toString” is not known/],
    ["source:", /“source” needs a value/],
    ['source:""', /“source” needs a value/],
    ["source:a source:b", /“source” is said twice/],
    ["steps:1 steps:2", /“steps” is said twice/],
    ["steps:many", /“steps” needs whole numbers/],
    ["steps:..", /“steps” needs whole numbers/],
    ["steps:<0", /can't be less than 0/],
    ["reward:good", /“reward” needs numbers/],
    ["reward:>0.5", /takes bounds that count/],
    ["created:yesterday", /“created” needs days or times/],
    ["-steps:5", /can't be left out with a minus/],
  ])("%s gets a message", (text, message) => {
    const [problem, ...others] = parseQuery(text).problems;
    expect(others).toEqual([]);
    expect(problem?.message).toMatch(message);
    expect(text.slice(problem?.from, problem?.to)).toMatch(/:/);
  });

  test("keeps what can be read beside what can't", () => {
    const { parameters, problems } = parseQuery("tag:a colour:red tag:b");
    expect(parameters).toEqual({ tag: ["a", "b"] });
    expect(problems).toHaveLength(1);
  });

  test("comes to an end whatever it is", () => {
    for (const text of ['"', "-", ":", '-"', "a:b:c", '""', 'x:"', "\\", '"a""b"', "- -", "é:ü", "meta.:x"])
      expect(
        parseQuery(text)
          .terms.map(({ from, to }) => text.slice(from, to))
          .join("").length,
      ).toBe(text.replaceAll(/\s/g, "").length);
  });
});

test("every example that is shown can be read", () => {
  for (const [, example] of queryKeys) parameters(example);
});

test("a value is quoted where it must be", () => {
  for (const value of ["plain", "two words", 'with "quotes"', "back\\slash and space", ""]) {
    const text = `source:${quoteValue(value)}`;
    if (value !== "") expect(parameters(text)).toEqual({ source: value });
  }
});

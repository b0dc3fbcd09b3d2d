import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { trace10 } from "../../test/support/traces.ts";
import { checkTrace } from "./check-trace.ts";

const step = (changes: object = {}) => ({ i: 0, type: "t", content: "c", ...changes });
const steps = (count: number) => Array.from({ length: count }, (_, i) => step({ i }));
const issuesOf = (changes: object) =>
  thrownBy(() => checkTrace(trace10(changes))).issues.map(({ pointer, code }) => `${pointer} ${code}`);

/** One code point each; two, two and one UTF-16 units; one grapheme only together with its neighbours. */
const characters = ["😀", "👨‍👩‍👧", "e\u0301", "x"];
const text = (character: string, codePoints: number) => {
  const points = [...character];
  return Array.from({ length: codePoints }, (_, index) => points[index % points.length]).join("");
};

describe("text limits, counted in code points", () => {
  const fields: [string, number, (value: string) => object][] = [
    ["/prompt", 50_000, (prompt) => ({ prompt })],
    ["/final_answer", 50_000, (final_answer) => ({ final_answer })],
    ["/steps/0/type", 64, (type) => ({ steps: [step({ type })] })],
    ["/steps/0/content", 20_000, (content) => ({ steps: [step({ content })] })],
  ];

  describe.each(fields)("%s", (pointer, limit, make) => {
    test.each(characters)("holds as many %s as its limit and not one more", (character) => {
      checkTrace(trace10(make(text(character, limit))));
      expect(issuesOf(make(text(character, limit + 1)))).toEqual([`${pointer} maxLength`]);
    });

    test("is not empty, but may be a single character", () => {
      checkTrace(trace10(make("😀")));
      checkTrace(trace10(make(" ")));
      expect(issuesOf(make(""))).toEqual([`${pointer} minLength`]);
    });

    test("is a string", () => {
      for (const value of [1, null, {}, ["a"]]) {
        expect(issuesOf(make(value as unknown as string))).toEqual([`${pointer} type`]);
      }
    });
  });
});

describe("steps", () => {
  test("are one to a thousand", () => {
    checkTrace(trace10({ steps: steps(1) }));
    checkTrace(trace10({ steps: steps(1_000) }));
    expect(issuesOf({ steps: [] })).toEqual(["/steps minItems"]);
    expect(issuesOf({ steps: steps(1_001) })).toEqual(["/steps maxItems"]);
    expect(issuesOf({ steps: {} })).toEqual(["/steps type"]);
    expect(issuesOf({ steps: ["a"] })).toEqual(["/steps/0 type"]);
  });

  test("have the three members of version 1.0 and no others", () => {
    expect(issuesOf({ steps: [{}] }).sort()).toEqual([
      "/steps/0/content required",
      "/steps/0/i required",
      "/steps/0/type required",
    ]);
    expect(issuesOf({ steps: [step({ role: "assistant" })] })).toEqual(["/steps/0/role unknown_member"]);
  });
});

test("prompt, answer and steps are required", () => {
  const error = thrownBy(() => checkTrace({ trace_version: "1.0" }));
  expect(error.issues.map((issue) => issue.message)).toEqual([
    '"prompt" is required',
    '"final_answer" is required',
    '"steps" is required',
  ]);
});

test("meta is an object with anything inside, null or absent", () => {
  for (const meta of [{}, null, { a: [1, { b: null }], "": "x", source: 5, tags: "x" }])
    checkTrace(trace10({ meta }));
  const { meta, ...without } = trace10();
  expect(meta).toBeDefined();
  checkTrace(without);
  for (const bad of [[], "x", 1, false]) expect(issuesOf({ meta: bad })).toEqual(["/meta type"]);
});

test.each(["messages", "tools", "rollout", "generation", "reference", "scores", "tokens", "created_at"])(
  "%s is no member of version 1.0",
  (name) => {
    expect(issuesOf({ [name]: null })).toEqual([`/${name} unknown_member`]);
  },
);

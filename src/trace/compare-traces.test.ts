import { describe, expect, test } from "vitest";
import { createRandom } from "../../test/support/random-json.ts";
import type { Comparison, TextDifference } from "../contract/compare.ts";
import type { Trace } from "../contract/trace.ts";
import type { Step } from "./align-steps.ts";
import { compareText, DiffBudget } from "./compare-text.ts";
import { compareTraces } from "./compare-traces.ts";

const step = (content: string, more: Partial<Step> = {}): Step => ({ i: 0, type: "think", content, ...more });
const traceOf = (...steps: (Step | string)[]): Trace => ({
  trace_version: "1.1",
  prompt: "What is 27 × 19?",
  final_answer: "513",
  steps: steps.map((each, i) => ({ ...(typeof each === "string" ? step(each) : each), i })),
});
const alignment = ({ steps }: Comparison) =>
  steps.map(({ op, base, other }) => `${op} ${base ?? "-"} ${other ?? "-"}`);
const textOf = ({ parts }: TextDifference, leftOut: string) =>
  parts.flatMap(({ op, text }) => (op === leftOut ? [] : [text])).join("");

describe("steps", () => {
  test("of the same trace are equal, whatever their numbers, turns and call ids", () => {
    const base = traceOf(step("a", { turn: 0, call_id: "x" }), "b");
    const other = traceOf(step("a", { turn: 4, call_id: "y" }), "b");
    for (const each of other.steps) each.i += 10;
    expect(alignment(compareTraces(base, other))).toEqual(["equal 0 0", "equal 1 1"]);
  });

  test("are found where they moved to when others come before them", () => {
    const base = traceOf("first step here", "second step here", "the last of all");
    const other = traceOf("something new", "first step here", "the last of all");
    expect(alignment(compareTraces(base, other))).toEqual([
      "added - 0",
      "equal 0 1",
      "removed 1 -",
      "equal 2 2",
    ]);
  });

  test("that are alike count as changed, and the words that differ are told", () => {
    const base = traceOf("add", "27 × 19 = 27 × 20 − 27 = 513, so the answer is 513");
    const other = traceOf("quite another beginning", "27 × 19 = 27 × 20 − 27 = 523, so the answer is 523");
    const comparison = compareTraces(base, other);
    expect(alignment(comparison)).toEqual(["removed 0 -", "added - 0", "changed 1 1"]);
    expect(comparison.steps[2]).toMatchObject({ members: ["content"], difference: { by: "words" } });
    expect(comparison.steps[2]?.difference?.parts).toEqual([
      { op: "equal", text: "27 × 19 = 27 × 20 − 27 = " },
      { op: "removed", text: "513" },
      { op: "added", text: "523" },
      { op: "equal", text: ", so the answer is " },
      { op: "removed", text: "513" },
      { op: "added", text: "523" },
    ]);
  });

  test("that say the same in another way name the members that differ", () => {
    const base = traceOf(step("x = 1", { type: "tool_call", args: { a: 1 }, before: "<t>" }));
    const other = traceOf(step("x = 1", { type: "tool_call", args: { a: 2 } }));
    const [only] = compareTraces(base, other).steps;
    expect(only).toEqual({ op: "changed", base: 0, other: 0, members: ["args", "before"] });
  });

  test("of empty traces need no alignment", () => {
    expect(compareTraces(traceOf(), traceOf("a")).steps).toEqual([{ op: "added", other: 0 }]);
    expect(compareTraces(traceOf(), traceOf())).toMatchObject({ steps: [], is_coarse: false });
  });

  test("stand each once and in order, whatever the traces", () => {
    const random = createRandom(3);
    for (let round = 0; round < 200; round++) {
      const some = () =>
        traceOf(
          ...Array.from(
            { length: random.below(12) },
            () => `${random.pick(["a b c", "a b d", "x"])} ${random.below(3)}`,
          ),
        );
      const [base, other] = [some(), some()];
      const { steps } = compareTraces(base, other);
      expect(steps.flatMap((each) => each.base ?? [])).toEqual(base.steps.map((_, i) => i));
      expect(steps.flatMap((each) => each.other ?? [])).toEqual(other.steps.map((_, i) => i));
      for (const { op, base: a, other: b, difference } of steps) {
        if (a === undefined || b === undefined) continue;
        expect(op === "equal").toBe(base.steps[a]?.content === other.steps[b]?.content);
        if (difference === undefined) continue;
        expect(textOf(difference, "added")).toBe(base.steps[a]?.content);
        expect(textOf(difference, "removed")).toBe(other.steps[b]?.content);
      }
    }
  });
});

describe("prompt and answer", () => {
  test("are compared as well", () => {
    const changed = { ...traceOf(), prompt: "What is 27 × 18?", final_answer: null } as Trace;
    const comparison = compareTraces(traceOf(), changed);
    expect(comparison.prompt).toMatchObject({ op: "changed", difference: { by: "words" } });
    expect(comparison.final_answer).toEqual({ op: "removed" });
    expect(compareTraces(changed, traceOf()).final_answer).toEqual({ op: "added" });
  });
});

describe("texts", () => {
  test.each([
    ["The cat sat", "The cats sat"],
    ["", "new"],
    ["aa", "aaa"],
    ["a🧮b", "a🧭b"],
    ["我们需要最小的数字", "我们需要最大的数字"],
    ["one\n\ntwo  three", "one\ntwo three"],
  ])("%j and %j are made up of their parts", (base, other) => {
    const difference = compareText(base, other, new DiffBudget());
    expect(textOf(difference, "added")).toBe(base);
    expect(textOf(difference, "removed")).toBe(other);
    for (const { text } of difference.parts) expect(text.isWellFormed(), JSON.stringify(text)).toBe(true);
  });

  test("are cut between words and characters", () => {
    expect(compareText("The cat sat", "The cats sat", new DiffBudget()).parts).toEqual([
      { op: "equal", text: "The " },
      { op: "removed", text: "cat" },
      { op: "added", text: "cats" },
      { op: "equal", text: " sat" },
    ]);
    expect(compareText("最小的", "最大的", new DiffBudget()).parts.map(({ text }) => text)).toEqual([
      "最",
      "小",
      "大",
      "的",
    ]);
  });
});

describe("huge traces take seconds, and what is coarse is said", () => {
  const random = createRandom(9);
  const words = (count: number) => Array.from({ length: count }, () => `w${random.below(3_000)}`).join(" ");
  const timed = (base: Trace, other: Trace) => {
    const start = performance.now();
    const comparison = compareTraces(base, other);
    expect(performance.now() - start).toBeLessThan(15_000);
    return comparison;
  };
  const many = (count: number, length: number) => Array.from({ length: count }, () => words(length));

  test("20,000 steps that have nothing in common", () => {
    const comparison = timed(traceOf(...many(20_000, 15)), traceOf(...many(20_000, 15)));
    expect(comparison.is_coarse).toBe(true);
    expect(comparison.steps.length).toBeGreaterThanOrEqual(20_000);
  });

  test("20,000 steps of which few changed are compared in full", () => {
    const steps = many(20_000, 15);
    const changed = steps.map((text, place) => (place % 500 === 0 ? `${text} more` : text));
    const comparison = timed(traceOf(...steps), traceOf(...changed));
    expect(comparison.is_coarse).toBe(false);
    expect(comparison.steps.filter(({ op }) => op === "changed")).toHaveLength(40);
  });

  test("1,000 steps of 20,000 characters, each changed in many places", () => {
    const steps = many(1_000, 3_600);
    const comparison = timed(traceOf(...steps), traceOf(...steps.map((text) => text.replaceAll("w7", "v7"))));
    expect(comparison.is_coarse).toBe(true);
    expect(comparison.steps[0]?.op).toBe("changed");
    expect(comparison.steps.some(({ difference }) => difference?.by === "ends")).toBe(true);
  });

  test("one step of a million characters", () => {
    const text = words(170_000);
    expect(timed(traceOf(text), traceOf(text.replace("w5", "v5"))).is_coarse).toBe(false);
    expect(timed(traceOf(text), traceOf(text.replaceAll("w5", "v5"))).is_coarse).toBe(true);
  });
});

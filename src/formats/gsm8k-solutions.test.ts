import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { gsm8kSolutions } from "./gsm8k-solutions.ts";

function read(record: unknown): Trace11[] {
  return gsm8kSolutions.read(parseJson(JSON.stringify(record))).map((trace) => checkTrace(trace) as Trace11);
}

const record = {
  question: "Three boxes hold 400 pens each. How many pens?",
  ground_truth: "3 * 400 = <<3*400=1200>>1200\n#### 1,200",
  small: { is_correct: true, solution: "3 * 400 = <<3*400=1200>>1200 ** pens\nThat is all.\nA: 1,200" },
  large: { is_correct: false, solution: "I count on and on\nand on", seconds: 3 },
  split: "test",
};

test("each model's solution is a trace, judged, under the same prompt", () => {
  const [small, large, ...others] = read(record);
  expect(others).toEqual([]);
  expect(small).toEqual({
    trace_version: "1.1",
    prompt: record.question,
    final_answer: "1200",
    generation: { model: "small" },
    reference: { answer: "1200", kind: "math" },
    steps: [
      {
        i: 0,
        type: "reasoning",
        content: "3 * 400 = <<3*400=1200>>1200 ** pens",
        role: "assistant",
        after: "\n",
      },
      { i: 1, type: "reasoning", content: "That is all.", role: "assistant", after: "\nA: 1,200" },
    ],
    scores: [{ name: "correct", value: 1, by: "gsm8k" }],
    meta: { split: "test", source: "gsm8k" },
  });
  expect(read({ ...record, source: "mine" })[0]?.meta).toEqual({ split: "test", source: "mine" });
  expect(large).toMatchObject({
    prompt: record.question,
    final_answer: null,
    generation: { model: "large" },
    scores: [{ name: "correct", value: 0 }],
    meta: { seconds: 3 },
  });
});

test.each(["A: 18", "x\nA: 18\n", "x\n\nA: 18", "A:", "", "\n", "x", "x\nA: a\nA: b"])(
  "the steps hold every byte of %j",
  (solution) => {
    const [trace] = read({ ...record, small: { is_correct: true, solution } });
    expect(trace?.steps.map(({ content, after }) => content + (after ?? "")).join("")).toBe(solution);
  },
);

test("the published truths end in an A line; one without an answer is no reference", () => {
  expect(read({ ...record, ground_truth: "3 * 400\nA: 1,200" })[0]?.reference?.answer).toBe("1200");
  expect(read({ ...record, ground_truth: "3 * 400" })[0]?.reference).toBeUndefined();
});

test("a record without what it needs is refused by the member at fault", () => {
  expect(thrownBy(() => read({ ...record, question: 1 })).message).toContain('"question"');
  expect(thrownBy(() => read({ ...record, ground_truth: null })).message).toContain('"ground_truth"');
  expect(thrownBy(() => read({ question: "q", ground_truth: "A: 1" })).message).toContain("No member holds");
});

import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { prm800k, prm800kAll } from "./prm800k.ts";

function record(steps: unknown, { finishReason = "solution", ...members }: Record<string, unknown> = {}) {
  return {
    labeler: "L",
    timestamp: "2022-07-30T23:23:32",
    generation: null,
    is_quality_control_question: false,
    is_initial_screening_question: false,
    question: { problem: "What is 2 + 2?", ground_truth_answer: "4" },
    label: { steps, total_time: 7, finish_reason: finishReason },
    ...members,
  };
}

function read(value: unknown): Trace11 {
  const traces = prm800k.read(parseJson(JSON.stringify(value)));
  expect(traces).toHaveLength(1);
  return checkTrace(traces[0]) as Trace11;
}

const good = { text: "Add them.", rating: 1, flagged: false };
const vague = { text: "Think.", rating: 0, flagged: false };
const wrong = { text: "That is 5.", rating: -1, flagged: false };
const answer = { text: "So 4.\n\n# Answer\n\n4", rating: 1, flagged: null };
const step = (completions: unknown, chosen: number | null, human: unknown = null) => ({
  completions,
  human_completion: human,
  chosen_completion: chosen,
});

test("the chosen completions are the steps, their ratings step scores, the others alternatives", () => {
  expect(read(record([step([vague], 0), step([wrong, good], 1), step([answer], 0)]))).toEqual({
    trace_version: "1.1",
    prompt: "What is 2 + 2?",
    final_answer: "4",
    reference: { answer: "4", kind: "math" },
    steps: [
      { i: 0, type: "reasoning", content: "Think.", role: "assistant" },
      { i: 1, type: "reasoning", content: "Add them.", role: "assistant" },
      { i: 2, type: "reasoning", content: answer.text, role: "assistant" },
    ],
    scores: [
      { name: "correct", value: 0, by: "prm800k", step_i: 0 },
      { name: "correct", value: 1, by: "prm800k", step_i: 1 },
      { name: "correct", value: 1, by: "prm800k", step_i: 2 },
    ],
    meta: {
      source: "prm800k",
      labeler: "L",
      timestamp: "2022-07-30T23:23:32",
      generation: null,
      is_quality_control_question: false,
      is_initial_screening_question: false,
      total_time: 7,
      finish_reason: "solution",
      alternatives: [{ step_i: 1, completions: [wrong] }],
    },
  });
});

test("where none was chosen, the step is what the labeller wrote, without a rating of its own", () => {
  const human = { text: "Add 2 and 2.", rating: null, source: "human", flagged: false };
  const trace = read(record([step([wrong], null, human), step([answer], 0)]));
  expect(trace.steps[0]?.content).toBe("Add 2 and 2.");
  expect(trace.scores?.map(({ step_i }) => step_i)).toEqual([1]);
  expect(trace.meta).toMatchObject({ human_steps: [0], alternatives: [{ step_i: 0, completions: [wrong] }] });
});

describe("a step with neither a choice nor a human's text ends the path", () => {
  test("with the solution's own wrong step, where the label ended at the first error", () => {
    const trace = read(
      record([step([good], 0), step([wrong, vague], null)], { finishReason: "found_error" }),
    );
    expect(trace.steps.map(({ content }) => content)).toEqual(["Add them.", "That is 5."]);
    expect(trace.scores?.at(-1)).toEqual({ name: "correct", value: -1, by: "prm800k", step_i: 1 });
    expect(trace.final_answer).toBeNull();
    expect(trace.meta).toMatchObject({ alternatives: [{ step_i: 1, completions: [vague] }] });
  });

  test("before it, where the labeller gave up, and what follows is only kept", () => {
    const steps = [step([good], 0), step([wrong], null), step([answer], 0)];
    const trace = read(record(steps, { finishReason: "give_up" }));
    expect(trace.steps).toHaveLength(1);
    expect(trace.meta?.alternatives).toEqual([
      { step_i: 1, completions: [wrong] },
      { step_i: 2, completions: [answer] },
    ]);
  });

  test("even where nothing was offered", () => {
    expect(read(record([step([], null)], { finishReason: "give_up" }))).toMatchObject({
      steps: [],
      scores: [],
    });
    expect(read(record([step(null, null)])).steps).toEqual([]);
  });
});

test("an answer may be a step of its own, and a flagged step is noted", () => {
  const trace = read(record([step([{ text: "# Answer\n\n4", rating: 1, flagged: true }], 0)]));
  expect(trace.final_answer).toBe("4");
  expect(trace.meta?.flagged_steps).toEqual([0]);
});

test("the rest of the question is kept, and an unknown answer is no reference", () => {
  const question = { problem: "?", ground_truth_answer: null, pre_generated_answer: "5" };
  const trace = read(record([], { question }));
  expect(trace.reference).toBeUndefined();
  expect(trace.meta?.pre_generated_answer).toBe("5");
});

test("quality control and screening questions are skipped", () => {
  expect(prm800k.skips?.(record([]))).toBeUndefined();
  expect(prm800k.skips?.(record([], { is_quality_control_question: true }))).toBe(
    "a quality control question",
  );
  expect(prm800k.skips?.(record([], { is_initial_screening_question: true }))).toBe("a screening question");
  expect(prm800k.skips?.([])).toBeUndefined();
});

test("they are read where they are asked for", () => {
  const screening = record([step([good], 0)], { is_initial_screening_question: true });
  expect(prm800kAll.recognises(screening)).toBe(false);
  expect(prm800kAll.skips).toBeUndefined();
  expect(prm800kAll.read(parseJson(JSON.stringify(screening)))).toMatchObject([
    { steps: [{ content: good.text }], meta: { is_initial_screening_question: true } },
  ]);
});

test.each([
  [record([step([good], 1)]), "label.steps[0].chosen_completion"],
  [record([step([good], 0), step([{ text: "a", rating: 2 }], 0)]), "label.steps[1].completions"],
  [record([step([good], null, { rating: 1 })]), "label.steps[0].human_completion"],
  [record([1]), "label.steps[0]"],
  [record("none"), "label.steps"],
  [record([], { question: {} }), "question.problem"],
])("record %# is refused by the member at fault", (value, member) => {
  expect(thrownBy(() => read(value))).toMatchObject({
    code: "invalid_trace",
    message: expect.stringContaining(`"${member}"`),
  });
});

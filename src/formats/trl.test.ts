import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { readTrlRow, trl } from "./trl.ts";

function read(record: unknown): Trace11 {
  const traces = trl.read(parseJson(JSON.stringify(record)));
  expect(traces).toHaveLength(1);
  return checkTrace(traces[0]) as Trace11;
}

const row = {
  step: 10,
  prompt: "What is 2 + 2?",
  completion: "<think>Easy.</think>4",
  accuracy_reward: 1,
  format_reward: 0.5,
  advantage: -0.25,
};

test("each reward column is a score of its name, and so is the advantage", () => {
  expect(read(row)).toEqual({
    trace_version: "1.1",
    prompt: "What is 2 + 2?",
    final_answer: "4",
    rollout: { train_step: 10 },
    steps: [
      { i: 0, type: "thinking", content: "Easy.", role: "assistant", before: "<think>", after: "</think>" },
      { i: 1, type: "answer", content: "4", role: "assistant" },
    ],
    scores: [
      { name: "accuracy_reward", value: 1, by: "trl" },
      { name: "format_reward", value: 0.5, by: "trl" },
      { name: "advantage", value: -0.25, by: "trl" },
    ],
    meta: { source: "trl" },
  });
});

test("prompt and completion may be messages", () => {
  const prompt = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "What is 2 + 2?" },
  ];
  const trace = read({ ...row, prompt, completion: [{ role: "assistant", content: row.completion }] });
  expect(trace).toMatchObject({ prompt: "What is 2 + 2?", messages: prompt, final_answer: "4" });
  expect(trace.steps).toEqual(read(row).steps);
});

test("a prompt that a chat template rendered is read back, and kept as it was", () => {
  const prompt = "user\nHi\nassistant\n<think>\n";
  expect(read({ ...row, prompt })).toMatchObject({
    prompt: "Hi",
    messages: [{ role: "user" }],
    meta: { source: "trl", prompt },
  });
});

test("a reward function that has nothing to say is not a zero", () => {
  const invalid = { value: null, status: "invalid", by: "trl" };
  expect(read({ ...row, accuracy_reward: null }).scores).toContainEqual({
    name: "accuracy_reward",
    ...invalid,
  });
  const parquet = { ...row, step: 10n, format_reward: Number.NaN, turns: 3n };
  expect(checkTrace(readTrlRow(parquet))).toMatchObject({
    rollout: { train_step: 10 },
    scores: [
      { name: "accuracy_reward", value: 1 },
      { name: "format_reward", ...invalid },
      { name: "advantage", value: -0.25 },
      { name: "turns", value: 3 },
    ],
  });
});

test("columns that are no numbers are kept", () => {
  expect(read({ ...row, mode: "train", extracted: ["4"] }).meta).toEqual({
    source: "trl",
    mode: "train",
    extracted: ["4"],
  });
});

test.each([
  [{ ...row, step: "10" }, "step"],
  [{ ...row, prompt: 1 }, "prompt"],
  [{ ...row, prompt: "" }, "prompt"],
  [{ ...row, completion: null }, "completion"],
  [{ ...row, completion: [{ content: "4" }] }, "completion[0].role"],
])("row %# is refused by the member at fault", (record, member) => {
  expect(thrownBy(() => read(record)).message).toContain(`"${member}"`);
});

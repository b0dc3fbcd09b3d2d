import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { verl } from "./verl.ts";

function read(record: unknown): Trace11 {
  const traces = verl.read(parseJson(JSON.stringify(record)));
  expect(traces).toHaveLength(1);
  return checkTrace(traces[0]) as Trace11;
}

const input = "<|im_start|>user\nWhat is 2 + 2?<|im_end|>\n<|im_start|>assistant\n";
const row = { input, output: "<think>Easy.</think>4", gts: "4", score: 1, step: 180 };

test("a row is a rollout of its training step, with its score as the reward", () => {
  expect(read(row)).toEqual({
    trace_version: "1.1",
    prompt: "What is 2 + 2?",
    messages: [{ role: "user", content: "What is 2 + 2?" }],
    final_answer: "4",
    rollout: { train_step: 180 },
    reference: { answer: "4" },
    steps: [
      { i: 0, type: "thinking", content: "Easy.", role: "assistant", before: "<think>", after: "</think>" },
      { i: 1, type: "answer", content: "4", role: "assistant" },
    ],
    scores: [{ name: "reward", value: 1, by: "verl" }],
    meta: { source: "verl", input },
  });
});

test("numbers beside the score are scores too, everything else is kept", () => {
  const trace = read({
    ...row,
    uid: "p-1",
    acc: true,
    length_penalty: -0.5,
    reward: 9,
    pred: "4",
    request_id: null,
    data_source: "sums",
  });
  expect(trace.scores).toEqual([
    { name: "reward", value: 1, by: "verl" },
    { name: "acc", value: 1, by: "verl" },
    { name: "length_penalty", value: -0.5, by: "verl" },
  ]);
  expect(trace.rollout).toEqual({ train_step: 180, prompt_id: "p-1" });
  expect(trace.meta).toEqual({
    source: "sums",
    reward: 9,
    pred: "4",
    request_id: null,
    data_source: "sums",
    input,
  });
});

test.each([
  ["7", "7"],
  ["12345678901234567890", "12345678901234567890"],
  ['"p-1"', "p-1"],
  ["0", "0"],
])("a uid of %s names the group", (uid, group) => {
  const [trace] = verl.read(parseJson(JSON.stringify(row).replace("{", `{"uid":${uid},`))) as Trace11[];
  expect(trace?.rollout).toEqual({ train_step: 180, prompt_id: group });
  expect(trace?.meta).not.toHaveProperty("uid");
});

test("a uid that is no name stays in the metadata", () => {
  expect(read({ ...row, uid: null })).toMatchObject({ rollout: { train_step: 180 }, meta: { uid: null } });
});

test("a prompt without role markers is the prompt as it is", () => {
  const trace = read({ ...row, input: "What is 2 + 2?" });
  expect(trace).toMatchObject({ prompt: "What is 2 + 2?", meta: { source: "verl" } });
  expect(trace.messages).toBeUndefined();
});

test("a prompt that ends in an open thought makes the completion begin in it", () => {
  expect(read({ ...row, input: `${input}<think>\n`, output: "Easy" })).toMatchObject({
    final_answer: null,
    generation: { finish_reason: "length" },
    steps: [{ type: "thinking", content: "Easy" }],
  });
});

test("a completion without tags has a step for each paragraph", () => {
  expect(read({ ...row, output: "Two and two.\n\nFour." }).steps).toHaveLength(2);
  expect(read({ ...row, output: "" })).toMatchObject({ steps: [], final_answer: null });
});

test("a score that failed is not a zero, and references need not be text", () => {
  expect(read({ ...row, score: null }).scores).toEqual([
    { name: "reward", value: null, status: "invalid", by: "verl" },
  ]);
  expect(read({ ...row, gts: 4 }).reference).toEqual({ answer: "4" });
  expect(read({ ...row, gts: ["4", "four"] }).reference).toEqual({ answer: '["4","four"]' });
  expect(read({ ...row, gts: null }).reference).toBeUndefined();
});

test.each([undefined, null])("a row whose step is %s leaves it to whoever knows the file", (step) => {
  expect(read({ ...row, step }).rollout).toBeUndefined();
  expect(verl.recognises({ ...row, step })).toBe(true);
  expect(verl.recognises({ ...row, step, score: "good" })).toBe(false);
});

test.each([
  [{ ...row, input: "" }, "input"],
  [{ ...row, output: null }, "output"],
  [{ ...row, score: "1" }, "score"],
  [{ ...row, step: 1.5 }, "step"],
])("row %# is refused by the member at fault", (record, member) => {
  expect(thrownBy(() => read(record)).message).toContain(`"${member}"`);
});

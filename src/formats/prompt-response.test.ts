import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { promptResponse } from "./prompt-response.ts";

function read(record: unknown): Trace11 {
  const traces = promptResponse.read(parseJson(JSON.stringify(record)));
  expect(traces).toHaveLength(1);
  return checkTrace(traces[0]) as Trace11;
}

test("a prompt and its response are a trace, what else is known goes to its place", () => {
  const record = { prompt: "2 + 2?", response: "<think>Easy.</think>\n4", model: "m", sample: 2, lang: "en" };
  expect(read(record)).toEqual({
    trace_version: "1.1",
    prompt: "2 + 2?",
    final_answer: "4",
    rollout: { sample_index: 2 },
    generation: { model: "m" },
    steps: [
      { i: 0, type: "thinking", content: "Easy.", role: "assistant", before: "<think>", after: "</think>" },
      { i: 1, type: "answer", content: "4", role: "assistant", before: "\n" },
    ],
    meta: { lang: "en" },
  });
});

test("members of other kinds than expected are kept", () => {
  const trace = read({
    prompt: "?",
    completion: "4",
    model: { name: "m" },
    sample: "a",
    finish_reason: "odd",
  });
  expect(trace.generation).toEqual({ finish_reason: "unknown" });
  expect(trace.meta).toEqual({ model: { name: "m" }, sample: "a", finish_reason: "odd" });
  expect(read({ prompt: "?", response: "4" }).meta).toBeUndefined();
});

test("what is stated of the end goes before what the text shows", () => {
  expect(read({ prompt: "?", response: "<think>a" }).generation?.finish_reason).toBe("length");
  expect(read({ prompt: "?", response: "<think>a", finish_reason: "stop" }).generation?.finish_reason).toBe(
    "stop",
  );
});

test("a record without what it needs is refused by the member at fault", () => {
  expect(thrownBy(() => read({ prompt: "", response: "4" })).message).toContain('"prompt"');
  expect(thrownBy(() => read({ prompt: "?", response: 4 })).message).toContain('"response"');
});

test("rewards, references and groups go to their places, as far as they are such", () => {
  const record = {
    prompt: "?",
    response: "4",
    reward: 1,
    score: null,
    ground_truth: "4",
    uid: 7,
    usage: { prompt_tokens: 3 },
  };
  expect(read(record)).toMatchObject({
    rollout: { prompt_id: "7" },
    generation: { prompt_tokens: 3 },
    reference: { answer: "4" },
    scores: [
      { name: "reward", value: 1, by: "prompt-response" },
      { name: "score", value: null, status: "invalid", by: "prompt-response" },
    ],
    meta: { usage: { prompt_tokens: 3 } },
  });
  const odd = { reward: "high", reference: { style: "rule" }, uid: [7], usage: 3 };
  expect(read({ prompt: "?", response: "4", ...odd })).toEqual({
    ...read({ prompt: "?", response: "4" }),
    meta: odd,
  });
});

import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { trace10, trace11 } from "../../test/support/traces.ts";
import { checkTrace } from "./check-trace.ts";

const step = (changes: object = {}) => ({ i: 0, type: "t", content: "c", ...changes });
const bare = (changes: object = {}) => ({
  trace_version: "1.1",
  prompt: "p",
  final_answer: null,
  steps: [],
  ...changes,
});
const issuesOf = (changes: object) =>
  thrownBy(() => checkTrace(bare(changes))).issues.map(({ pointer, code }) => `${pointer} ${code}`);

test("a trace of version 1.0 relabelled 1.1 is valid", () => {
  checkTrace(trace10({ trace_version: "1.1" }));
});

test("a truncated rollout is valid: no answer, no steps, empty contents", () => {
  checkTrace(bare());
  checkTrace(bare({ final_answer: "", steps: [step({ content: "" })] }));
});

test("prompt, answer and steps are required all the same", () => {
  const error = thrownBy(() => checkTrace({ trace_version: "1.1" }));
  expect(error.issues.map((issue) => issue.pointer)).toEqual(["/prompt", "/final_answer", "/steps"]);
  expect(issuesOf({ prompt: "" })).toEqual(["/prompt minLength"]);
});

describe("limits", () => {
  const fields: [string, number, string, (text: string) => object][] = [
    ["/prompt", 2_000_000, "maxLength", (prompt) => ({ prompt })],
    ["/final_answer", 1_000_000, "maxLength", (final_answer) => ({ final_answer })],
    ["/steps/0/content", 1_000_000, "maxLength", (content) => ({ steps: [step({ content })] })],
    ["/steps/0/before", 1_000_000, "maxLength", (before) => ({ steps: [step({ before })] })],
    ["/steps/0/after", 1_000_000, "maxLength", (after) => ({ steps: [step({ after })] })],
    ["/steps/0/type", 64, "maxLength", (type) => ({ steps: [step({ type })] })],
    ["/steps/0/role", 64, "maxLength", (role) => ({ steps: [step({ role })] })],
    ["/steps/0/call_id", 256, "maxLength", (call_id) => ({ steps: [step({ call_id })] })],
    ["/rollout/run", 200, "maxLength", (run) => ({ rollout: { run } })],
    ["/rollout/prompt_id", 256, "maxLength", (prompt_id) => ({ rollout: { prompt_id } })],
    ["/generation/model", 256, "maxLength", (model) => ({ generation: { model } })],
    ["/reference/answer", 1_000_000, "maxLength", (answer) => ({ reference: { answer } })],
  ];
  test.each(fields)("%s holds %i code points and not one more", (pointer, limit, code, make) => {
    for (const character of ["x", "😀"]) {
      checkTrace(bare(make(character.repeat(limit))));
      expect(issuesOf(make(character.repeat(limit + 1)))).toEqual([`${pointer} ${code}`]);
    }
  });

  test("steps may be twenty thousand", () => {
    const steps = Array.from({ length: 20_001 }, (_, i) => step({ i }));
    checkTrace(bare({ steps: steps.slice(1) }));
    expect(issuesOf({ steps })).toEqual(["/steps maxItems"]);
  });
});

test("every optional member may be null or absent", () => {
  const { prompt, final_answer, steps, trace_version, ...optional } = trace11() as Record<string, object>;
  expect([prompt, final_answer, steps, trace_version]).not.toContain(undefined);
  for (const [name, value] of Object.entries(optional)) {
    checkTrace(trace11({ [name]: null, scores: null }));
    if (Array.isArray(value) || name === "reference" || name === "meta") continue;
    for (const member of Object.keys(value)) {
      checkTrace(trace11({ [name]: { ...value, [member]: null } }));
      checkTrace(trace11({ [name]: {} }));
    }
  }
  for (const member of ["role", "turn", "before", "after", "name", "call_id", "args"]) {
    checkTrace(bare({ steps: [step({ [member]: null })] }));
  }
});

test.each([
  [{ rollout: { runn: "x" } }, "/rollout/runn unknown_member"],
  [{ rollout: { train_step: -1 } }, "/rollout/train_step minimum"],
  [{ rollout: { train_step: 1.5 } }, "/rollout/train_step type"],
  [{ rollout: { train_step: 2_147_483_648 } }, "/rollout/train_step maximum"],
  [{ rollout: [] }, "/rollout type"],
  [{ generation: { finish_reason: "eos" } }, "/generation/finish_reason enum"],
  [{ generation: { sampling: [] } }, "/generation/sampling type"],
  [{ reference: {} }, "/reference/answer required"],
  [{ reference: { answer: "5", by: "me" } }, "/reference/by unknown_member"],
  [{ tools: [1] }, "/tools/0 type"],
  [{ messages: [{ content: "x" }] }, "/messages/0/role required"],
  [{ messages: [{ role: "user", content: 5 }] }, "/messages/0/content type"],
  [{ messages: [{ role: "user", content: [{ text: "x" }] }] }, "/messages/0/content/0/type required"],
  [{ tokens: { ids: [1, -1] } }, "/tokens/ids/1 minimum"],
  [{ tokens: { mask: [2] } }, "/tokens/mask/0 maximum"],
  [{ tokens: { words: [] } }, "/tokens/words unknown_member"],
  [{ steps: [step({ extra: 1 })] }, "/steps/0/extra unknown_member"],
  [{ final_answer: 5 }, "/final_answer type"],
  [{ meta: [] }, "/meta type"],
])("%j is refused", (changes, issue) => {
  expect(issuesOf(changes)).toContain(issue);
});

test.each(["stop", "length", "tool", "abort", "error", "unknown"])("%s is a finish reason", (reason) => {
  checkTrace(bare({ generation: { finish_reason: reason } }));
});

test("messages may carry whatever else their API puts on them", () => {
  checkTrace(bare({ messages: [{ role: "assistant", tool_calls: [{ id: 1 }], content: null }] }));
  checkTrace(bare({ messages: [{ role: "user", content: [{ type: "image", uri: "u", sha256: "s" }] }] }));
});

describe("scores", () => {
  const scored = (...scores: object[]) => ({ steps: [step({ i: 4 })], scores });

  test.each([
    [{ name: "r", value: 0 }],
    [{ name: "r", value: -1.5, status: "ok" }],
    [{ name: "r", status: "pending" }],
    [{ name: "r", value: null, status: "invalid", by: "judge", comment: "unparsable" }],
    [{ name: "r", value: 1, status: null, by: null, step_i: null, comment: null }],
    [{ name: "r", value: 1, step_i: 4 }],
  ])("%j is one", (score) => {
    checkTrace(bare(scored(score)));
  });

  test.each([
    [{ name: "r" }, "/scores/0/value value_missing"],
    [{ name: "r", value: null, status: "ok" }, "/scores/0/value value_missing"],
    [{ name: "r", value: 0, status: "error" }, "/scores/0/value value_not_null"],
    [{ name: "r", value: 1, step_i: 0 }, "/scores/0/step_i unknown_step"],
    [{ name: "r", value: "1" }, "/scores/0/value type"],
    [{ name: "r", value: Number.POSITIVE_INFINITY }, "/scores/0/value type"],
    [{ name: "", value: 1 }, "/scores/0/name minLength"],
    [{ value: 1 }, "/scores/0/name required"],
    [{ name: "r", value: 1, status: "fine" }, "/scores/0/status enum"],
  ])("%j is none", (score, issue) => {
    expect(issuesOf(scored(score))).toEqual([issue]);
  });

  test("differ in step, name or by", () => {
    const score = { name: "r", value: 1 };
    checkTrace(bare(scored(score, { ...score, by: "a" }, { ...score, step_i: 4 }, { ...score, name: "s" })));
    expect(issuesOf(scored(score, { ...score, value: 0, by: "", step_i: null }))).toEqual([
      "/scores/1 duplicate_score",
    ]);
  });
});

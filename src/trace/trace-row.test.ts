import { describe, expect, test } from "vitest";
import { trace10, trace11 } from "../../test/support/traces.ts";
import { checkTrace } from "./check-trace.ts";
import { parseJson } from "./json-document.ts";
import { type RowDefaults, type TraceRow, toTraceRow } from "./trace-row.ts";

function rowOf(trace: object | string, defaults: RowDefaults = {}): TraceRow {
  const document = parseJson(typeof trace === "string" ? trace : JSON.stringify(trace));
  return toTraceRow(document, checkTrace(document.value), defaults);
}

describe("narrow columns", () => {
  test("of a 1.1 trace are those it says", () => {
    expect(rowOf(trace11())).toMatchObject({
      traceVersion: "1.1",
      run: "run-a",
      split: "train",
      trainStep: 180,
      promptKey: "p-1",
      sampleIndex: 3,
      source: null,
      model: "m-8b",
      finishReason: "length",
      stepCount: 3,
      completionTokens: 42,
      reward: 0.5,
      tags: [],
      stepTypes: ["thinking", "tool_call", "tool_result"],
      stepOutline: Buffer.from("031020", "hex"),
      promptExcerpt: "What is 27 × 19?",
      answerExcerpt: null,
    });
  });

  test("of a 1.0 trace are found in its meta, or null", () => {
    expect(rowOf(trace10())).toMatchObject({
      ...{ traceVersion: "1.0", run: null, split: null, trainStep: null, sampleIndex: null },
      ...{ source: "example", model: null, finishReason: null, stepCount: 2, completionTokens: null },
      ...{ reward: null, tags: ["math"], stepTypes: ["parse", "compute"], answerExcerpt: "513", scores: [] },
      ...{ meta: '{"source":"example","tags":["math"]}', tokens: null },
    });
  });

  test("take the defaults only where the trace says nothing", () => {
    const defaults = { run: "run-b", split: "test", trainStep: 7 };
    expect(rowOf(trace11(), defaults)).toMatchObject({ run: "run-a", split: "train", trainStep: 180 });
    expect(rowOf(trace10(), defaults)).toMatchObject(defaults);
    expect(rowOf(trace11({ rollout: { train_step: 0 } }), defaults)).toMatchObject({
      run: "run-b",
      trainStep: 0,
    });
  });

  test("pass over a source or tags that are not strings", () => {
    const meta = { source: 5, tags: ["a", 1, "b", null, "a"] };
    expect(rowOf(trace10({ meta }))).toMatchObject({ source: null, tags: ["a", "b"] });
    expect(rowOf(trace10({ meta: { tags: "a" } })).tags).toEqual([]);
  });

  test("count characters of prompt, steps and answer in code points", () => {
    const steps = [
      { i: 0, type: "long type", content: "é😀" },
      { i: 1, type: "t", content: "\\" },
    ];
    expect(rowOf(trace10({ prompt: "😀😀", final_answer: "日本", steps })).charCount).toBe(7);
    expect(rowOf(trace11({ prompt: "abc", final_answer: null, steps: [], scores: [] })).charCount).toBe(3);
  });

  test("hold excerpts of 200 code points, cut between them", () => {
    const mixed = `${"x".repeat(199)}😀😀`;
    const row = rowOf(trace10({ prompt: "😀".repeat(300), final_answer: mixed }));
    expect(row.promptExcerpt).toBe("😀".repeat(200));
    expect(row.answerExcerpt).toBe(`${"x".repeat(199)}😀`);
    expect(rowOf(trace10({ prompt: "y".repeat(200) })).promptExcerpt).toBe("y".repeat(200));
    expect(rowOf(trace10({ prompt: "y".repeat(201) })).promptExcerpt).toBe("y".repeat(200));
  });
});

describe("the id", () => {
  const id = "0198F4A0-0000-7000-8000-00000000000A";

  test("is the trace's own, else the default's, in lower case", () => {
    expect(rowOf(trace10({ id }), { id: "0198f4a0-0000-7000-8000-00000000000b" }).id).toBe(id.toLowerCase());
    expect(rowOf(trace10(), { id }).id).toBe(id.toLowerCase());
  });

  test("is otherwise a UUIDv7 of the row's time", () => {
    const createdAt = new Date("2026-01-31T12:00:00.123Z");
    const ids = [rowOf(trace10(), { createdAt }).id, rowOf(trace10(), { createdAt }).id];
    const time = createdAt.getTime().toString(16).padStart(12, "0");
    for (const made of ids) {
      expect(made).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(made.replaceAll("-", "").slice(0, 12)).toBe(time);
    }
    expect(ids[0]).not.toBe(ids[1]);
  });
});

describe("the prompt key", () => {
  const key = (changes: object) => rowOf(trace11(changes)).promptKey;

  test("is the prompt_id when there is one, else one hash for one prompt", () => {
    const hashed = key({ rollout: null, messages: null });
    expect(hashed).toMatch(/^[0-9a-f]{32}$/);
    expect(key({ rollout: { run: "other" }, messages: null, steps: [], scores: [] })).toBe(hashed);
    expect(rowOf(trace10()).promptKey).toBe(hashed);
    expect(rowOf(trace10({ prompt: "Another?" })).promptKey).not.toBe(hashed);
  });

  test("is of the messages where there are some", () => {
    const messages = [{ role: "user", content: "a" }];
    const hashed = key({ rollout: null, messages });
    expect(key({ rollout: null, messages, prompt: "rendered otherwise" })).toBe(hashed);
    expect(key({ rollout: null, messages: [{ role: "user", content: "b" }] })).not.toBe(hashed);
  });
});

describe("scores", () => {
  test("get their defaults spelt out", () => {
    expect(rowOf(trace11({ scores: [{ name: "r", value: 1 }] })).scores).toMatchObject([
      { stepI: null, name: "r", by: "", value: 1, status: "ok", comment: null },
    ]);
    expect(rowOf(trace11()).scores[1]).toMatchObject({
      ...{ stepI: 0, name: "correct", by: "checker", value: null, status: "error", comment: "timed out" },
    });
  });

  test("given apart take the place of the trace's own", () => {
    const score = { stepI: null, name: "reward", by: "", status: "ok", comment: null, updatedAt: new Date() };
    const scores = [{ ...score, value: 0.75, updatedAt: new Date("2026-01-31T12:00:00Z") }];
    expect(rowOf(trace11(), { scores })).toMatchObject({ scores, reward: 0.75 });
    expect(rowOf(trace11(), { scores: [] })).toMatchObject({ scores: [], reward: null });
  });

  test.each([
    ["the reward of the whole trace", 0, [{ name: "reward", value: 0 }]],
    ["the last of several", 2, ["a", "b"].map((by, index) => ({ name: "reward", by, value: index + 1 }))],
    ["not a step's", null, [{ name: "reward", value: 1, step_i: 0 }]],
    ["nothing when scoring failed", null, [{ name: "reward", status: "error" }]],
    [
      "a valid one before a failed one",
      1,
      [
        { name: "reward", value: 1 },
        { name: "reward", by: "late", status: "error" },
      ],
    ],
    ["no other score", null, [{ name: "correct", value: 1 }]],
  ])("give the reward: %s", (_, reward, scores) => {
    expect(rowOf(trace11({ scores })).reward).toBe(reward);
  });
});

test("meta keeps its text, with every digit and its own white space", () => {
  const text = JSON.stringify(trace10({ meta: "META" })).replace(
    '"META"',
    '{ "n": 9007199254740993 , "x":1.0}',
  );
  expect(rowOf(text).meta).toBe('{ "n": 9007199254740993 , "x":1.0}');
  expect(rowOf(trace10({ meta: null })).meta).toBeNull();
  expect(rowOf(text).payload.toString()).toBe(text);
});

describe("the hash of a completion", () => {
  const hashOf = (changes: object) => rowOf(trace11(changes)).completionHash?.toString("hex");
  const steps = (content: string, type = "thinking") => ({ steps: [{ i: 0, type, content }] });

  test("is the same for the same text, whatever else differs", () => {
    expect(hashOf(steps("a"))).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOf({ ...steps("a"), rollout: { run: "r", sample_index: 9 }, meta: { other: 1 } })).toBe(
      hashOf({ ...steps("a", "answer"), scores: [] }),
    );
  });

  test("differs where a step, what surrounds it, or the answer differs", () => {
    const around = { steps: [{ i: 0, type: "thinking", content: "a", after: "\n" }] };
    const hashes = [steps("a"), steps("b"), around, { ...steps("a"), final_answer: "a" }].map(hashOf);
    expect(new Set(hashes).size).toBe(4);
  });

  test("is not made outside of runs", () => {
    expect(rowOf(trace10()).completionHash).toBeNull();
    expect(rowOf(trace10(), { run: "r" }).completionHash).not.toBeNull();
  });
});

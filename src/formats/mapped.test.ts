import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { createMappedFormat } from "./mapped.ts";

function read(spec: string, record: unknown): Trace11 {
  const text = typeof record === "string" ? record : JSON.stringify(record);
  const traces = createMappedFormat(spec).read(parseJson(text));
  expect(traces).toHaveLength(1);
  return checkTrace(traces[0]) as Trace11;
}

const faultOf = (spec: string, record: unknown) => thrownBy(() => read(spec, record)).message;

test("every target has its place in the trace", () => {
  const spec =
    "prompt=q,completion=out.text,reward=s.acc,score.style=s.style,expected=gold,group=uid,run=exp,split=set," +
    "train_step=at,sample_index=n,model=m,finish_reason=why,prompt_tokens=t.in,completion_tokens=t.out," +
    "source=origin,tags=labels,id=key,meta.lang=lang";
  const id = "0a1b2c3d-0000-4000-8000-00000000000a";
  const trace = read(spec, {
    q: "What is 27 × 19?",
    out: { text: "<think>27 × 20 − 27</think>513" },
    s: { acc: 1, style: 0.5 },
    gold: "513",
    uid: "mul-1",
    exp: "run-a",
    set: "train",
    at: 180,
    n: 3,
    m: "m-8b",
    why: "end_turn",
    t: { in: 12, out: 34 },
    origin: "mine",
    labels: ["math", "easy"],
    key: id,
    lang: "en",
  });
  expect(trace).toEqual({
    trace_version: "1.1",
    id,
    prompt: "What is 27 × 19?",
    final_answer: "513",
    rollout: { run: "run-a", split: "train", train_step: 180, prompt_id: "mul-1", sample_index: 3 },
    generation: { model: "m-8b", finish_reason: "stop", prompt_tokens: 12, completion_tokens: 34 },
    reference: { answer: "513" },
    steps: [
      {
        i: 0,
        type: "thinking",
        content: "27 × 20 − 27",
        role: "assistant",
        before: "<think>",
        after: "</think>",
      },
      { i: 1, type: "answer", content: "513", role: "assistant" },
    ],
    scores: [
      { name: "reward", value: 1, by: "mapped" },
      { name: "style", value: 0.5, by: "mapped" },
    ],
    meta: { source: "mine", tags: ["math", "easy"], lang: "en" },
  });
});

test("the text of a table's cells becomes numbers where a number belongs, and only there", () => {
  const spec =
    "prompt=q,answer=a,reward=r,score.ok=ok,train_step=at,completion_tokens=n,expected=gold,tags=tags,group=g";
  const cells = {
    q: "7",
    a: "42",
    r: " 0.5",
    ok: "True",
    at: "180.0",
    n: "1e3",
    gold: "007",
    tags: "math, easy,",
    g: "1",
  };
  expect(read(spec, cells)).toEqual({
    trace_version: "1.1",
    prompt: "7",
    final_answer: "42",
    rollout: { train_step: 180, prompt_id: "1" },
    generation: { completion_tokens: 1000 },
    reference: { answer: "007" },
    steps: [],
    scores: [
      { name: "reward", value: 0.5, by: "mapped" },
      { name: "ok", value: 1, by: "mapped" },
    ],
    meta: { tags: ["math", "easy"] },
  });
});

test("numbers become text where text belongs, to the last digit", () => {
  const trace = read("prompt=q,answer=a,group=uid", '{"q":1,"a":2.5,"uid":12345678901234567890}');
  expect(trace).toMatchObject({ prompt: "1", final_answer: "2.5" });
  expect(trace.rollout?.prompt_id).toBe("12345678901234567890");
});

describe("what is missing", () => {
  const spec =
    "prompt=q,answer=a,reward=s.acc,expected=gold,model=m,train_step=at,tags=tags,finish_reason=why";

  test("is left out when it is optional", () => {
    const bare = { trace_version: "1.1", prompt: "Q", final_answer: "A", steps: [] };
    expect(read(spec, { q: "Q", a: "A" })).toEqual(bare);
    expect(read(spec, { q: "Q", a: "A", s: [], m: null, at: "", gold: "", tags: null, why: "" })).toEqual({
      ...bare,
      meta: { s: [] },
    });
    expect(read(spec, { q: "Q", a: "A", at: "nan" })).toEqual(bare);
  });

  test.each([null, "", "NaN", "None"])("is an invalid score, not a zero, when a reward is %j", (acc) => {
    expect(read(spec, { q: "Q", a: "A", s: { acc } }).scores).toEqual([
      { name: "reward", value: null, status: "invalid", by: "mapped" },
    ]);
  });

  test.each([
    ["prompt=a.q,answer=b", { b: "B" }, "a.q"],
    ["prompt=a.q,answer=b", { a: { q: "" }, b: "B" }, "a.q"],
    ["prompt=a.q,answer=b", { a: { q: {} }, b: "B" }, "a.q"],
    ["prompt=a,answer=b.0", { a: "A", b: [] }, "b.0"],
    ["prompt=a,completion=b.c", { a: "A", b: { d: 1 } }, "b.c"],
    ["prompt=a,completion=b", { a: "A", b: null }, "b"],
    ["prompt=a,steps=b", { a: "A" }, "b"],
    ["prompt=a,steps=b", { a: "A", b: ["x", 1] }, "b.1"],
    ["prompt=a,steps=b", { a: "A", b: [{ text: "x" }] }, "b.0.content"],
  ])("rejects the record when it is required: %s", (spec, record, path) => {
    expect(faultOf(spec, record)).toContain(`"${path}"`);
  });
});

test.each([
  [{ r: "good" }, "r"],
  [{ r: [1] }, "r"],
  [{ at: -1 }, "at"],
  [{ at: "1.5" }, "at"],
  [{ at: true }, "at"],
  [{ m: {} }, "m"],
  [{ m: "m".repeat(257) }, "m"],
  [{ key: "7" }, "key"],
  [{ tags: 5 }, "tags"],
  [{ tags: ["a", {}] }, "tags.1"],
])("what does not fit rejects the record by its path: %j", (members, path) => {
  const spec = "prompt=q,answer=a,reward=r,train_step=at,model=m,id=key,tags=tags";
  expect(faultOf(spec, { q: "Q", a: "A", ...members })).toContain(`"${path}"`);
});

describe("steps are", () => {
  const steps = (value: unknown) => read("prompt=q,steps=s,answer=a", { q: "Q", a: "A", s: value });

  test("a list of texts or of objects, whose other members are kept", () => {
    const trace = steps([
      "one",
      { content: "two", type: "check" },
      { content: "three", tool: "calc", turn: 1 },
    ]);
    expect(trace.steps).toEqual([
      { i: 0, type: "reasoning", content: "one" },
      { i: 1, type: "check", content: "two" },
      { i: 2, type: "reasoning", content: "three", turn: 1 },
    ]);
    expect(trace).toMatchObject({ final_answer: "A", meta: { step_extras: [{ step: 2, tool: "calc" }] } });
  });

  test("such a list as JSON in a table's cell", () => {
    expect(steps('["one", "two"]').steps.map(({ content }) => content)).toEqual(["one", "two"]);
  });

  test("the paragraphs of one text, which they give back", () => {
    const text = "[first]\n\nsecond";
    const read = steps(text).steps;
    expect(read.map(({ before = "", content, after = "" }) => before + content + after).join("")).toBe(text);
    expect(read).toHaveLength(2);
  });
});

test("prompt and completion may be messages", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "2 + 2?" },
  ];
  const trace = read("prompt=in,completion=out", {
    in: messages,
    out: [{ role: "assistant", content: "<think>Easy.</think>4" }],
  });
  expect(trace).toMatchObject({ prompt: "2 + 2?", messages, final_answer: "4" });
});

test("messages may be JSON in a table's cell", () => {
  const cells = {
    in: '[{"role":"user","content":"2 + 2?"}]',
    out: '[{"role":"assistant","content":"<think>Easy.</think>4"}]',
  };
  const trace = read("prompt=in,completion=out", cells);
  expect(trace).toMatchObject({ prompt: "2 + 2?", messages: [{ role: "user" }], final_answer: "4" });
  expect(trace.steps[0]).toMatchObject({ type: "thinking", content: "Easy." });
  for (const text of ["[1, 2]", "[", "[]"])
    expect(read("prompt=in,completion=out", { in: "?", out: text }).final_answer).toBe(text);
});

test("an answer that is given stands instead of the completion's", () => {
  expect(
    read("prompt=q,completion=c,answer=a", { q: "Q", c: "<think>x</think>It is 4.", a: "4" }),
  ).toMatchObject({
    final_answer: "4",
    steps: [{ content: "x" }, { content: "It is 4." }],
  });
});

describe("what the map does not name", () => {
  test("is kept in meta, each member where it was", () => {
    const { meta } = read("prompt=q,completion=choices.0.message.content,reward=s.acc,answer=only.one", {
      q: "Q",
      choices: [{ index: 0, message: { role: "assistant", content: "A" } }, { index: 1 }],
      s: { acc: 1, len: 2 },
      only: { one: "A" },
      n: 1.5,
      nothing: null,
      meta: { mine: true },
    });
    expect(meta).toEqual({
      choices: [{ index: 0, message: { role: "assistant" } }, { index: 1 }],
      s: { len: 2 },
      n: 1.5,
      nothing: null,
      meta: { mine: true },
    });
  });

  test("goes aside where the map has put something else", () => {
    const record = { q: "Q", a: "A", origin: "web", source: { page: 3 }, unmapped: 1 };
    expect(read("prompt=q,answer=a,source=origin", record).meta).toEqual({
      source: "web",
      unmapped: { source: { page: 3 }, unmapped: 1 },
    });
  });

  test("leaves the places of a list's other items as they were", () => {
    expect(read("prompt=x.0,answer=x.2", { x: ["Q", "kept", "A"] }).meta).toEqual({
      x: [null, "kept", null],
    });
    expect(read("prompt=x.0,answer=x.1", { x: ["Q", "A"] }).meta).toBeUndefined();
  });
});

test("a word for the end that is not known is kept", () => {
  const trace = read("prompt=q,answer=a,finish_reason=why", { q: "Q", a: "A", why: "bored" });
  expect(trace).toMatchObject({ generation: { finish_reason: "unknown" }, meta: { finish_reason: "bored" } });
});

test("a column whose name has dots is found by its name", () => {
  const trace = read("prompt=q,answer=a,reward=scores.acc", {
    q: "Q",
    a: "A",
    "scores.acc": 1,
    "scores.len": 2,
  });
  expect(trace).toMatchObject({ scores: [{ name: "reward", value: 1 }], meta: { "scores.len": 2 } });
});

test.each(["5", '["a","b"]', "null"])("a record that is no object is refused: %s", (record) => {
  expect(faultOf("prompt=q,answer=a", record)).toBe("A record must be a JSON object");
});

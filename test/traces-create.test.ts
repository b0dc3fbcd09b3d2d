import { describe, expect, test } from "vitest";
import {
  Problem,
  type ScoreList,
  TraceCreated,
  type TraceItem,
  type TracePage,
  TraceRead,
} from "../src/contract/pages.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const app = useApp(useDatabase(), { traceMaxBytes: 100_000 });
const post = <T = TraceCreated>(payload: unknown, headers?: Record<string, string>) =>
  request<T>(app, "POST", "/api/traces", payload, headers);
const read = (id: string, query = "") =>
  request<{ payload: unknown }>(app, "GET", `/api/traces/${id}${query}`);

/** Sends it, expects 422, and returns the faults as "pointer code". */
async function faults(payload: unknown): Promise<string[]> {
  const answer = await post<Problem>(payload);
  expect(answer.status).toBe(422);
  expect(answer.headers["content-type"]).toContain("application/problem+json");
  expect(compileCheck(Problem)(answer.body)).toEqual([]);
  return (answer.body.errors ?? []).map((error) => `${error.pointer} ${error.code}`);
}

describe("a good trace", () => {
  test.each([
    ["1.0", trace10()],
    ["1.1", trace11()],
    ["1.0 relabelled 1.1", trace10({ trace_version: "1.1" })],
  ])("of version %s is created, and its answer says where it is", async (_name, trace) => {
    const answer = await post(trace);
    expect(answer.status).toBe(201);
    expect(compileCheck(TraceCreated)(answer.body)).toEqual([]);
    expect(answer.headers.location).toBe(`/api/traces/${answer.body.id}`);
    expect(answer.body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { tokens: _tokens, ...payload } = trace;
    expect((await read(answer.body.id)).body.payload).toEqual(payload);
  });

  test("reads back character for character: spaces, key order, escapes and digits", async () => {
    const sent =
      '{ "final_answer" : "caf\\u00e9 🧮",\n "steps":[{"content":"s\\n\\t\\"","i":7,"type":"x"}], "prompt":"日本語", ' +
      '"meta":{"z":12345678901234567890123,"a":1.10,"e":1e400,"2":null,"1":[[]]},"trace_version":"1.0"}';
    const { body } = await post(sent);
    const { text } = await read(body.id);
    expect(text.slice(text.indexOf('"payload":') + 10, -1)).toBe(sent);
  });

  test("gets its tokens back only when they are asked for, in their place", async () => {
    const sent = JSON.stringify(trace11());
    const { body } = await post(sent);
    expect((await read(body.id)).text).not.toContain("logprobs");
    expect((await read(body.id, "?include=tokens")).text).toContain(`"payload":${sent}}`);
  });

  test("has its scores stored as scores, those of the whole trace first", async () => {
    const { body } = await post(trace11());
    const scores = await request<ScoreList>(app, "GET", `/api/traces/${body.id}/scores`);
    expect(scores.body.data).toMatchObject([
      { step_i: null, name: "reward", value: 0.5, status: "ok", by: "verifier@1", comment: null },
      { step_i: 0, name: "correct", value: null, status: "error", by: "checker", comment: "timed out" },
    ]);
  });

  test("is found in the list by narrow columns alone", async () => {
    const { body } = await post(trace11());
    const page = await request<TracePage>(app, "GET", "/api/traces");
    const item = page.body.data.find(({ id }) => id === body.id) as TraceItem;
    expect(item).toMatchObject({
      run: "run-a",
      split: "train",
      train_step: 180,
      group: "p-1",
      sample_index: 3,
      model: "m-8b",
      finish_reason: "length",
      completion_tokens: 42,
      reward: 0.5,
      step_count: 3,
      answer_excerpt: null,
      step_types: ["thinking", "tool_call", "tool_result"],
      step_outline: "031020",
    });
  });
});

describe("an id chosen by the client", () => {
  const id = "0A1B2C3D-0000-4000-8000-00000000000A";

  test("makes the call idempotent, also with other white space", async () => {
    const first = await post(trace10({ id }));
    expect(first.status).toBe(201);
    expect(first.body.id).toBe(id.toLowerCase());
    const again = await post(JSON.stringify(trace10({ id }), null, 2));
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  test("is refused for another trace", async () => {
    const answer = await post<Problem>(trace10({ id, prompt: "Another question" }));
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("id_taken");
    expect(((await read(id)).body.payload as { prompt: string }).prompt).toBe("What is 27 × 19?");
  });

  test("takes in scores that were not there before, and leaves the others alone", async () => {
    const own = "0a1b2c3d-0000-4000-8000-00000000000b";
    const bare = trace11({ id: own, scores: [{ name: "style", value: 1, by: "anna" }] });
    await post(bare);
    const again = await post({
      ...bare,
      scores: [
        { name: "style", value: 0, by: "anna" },
        { name: "reward", value: 2 },
      ],
    });
    expect(again.status).toBe(200);
    const scores = await request<ScoreList>(app, "GET", `/api/traces/${own}/scores`);
    expect(scores.body.data.map(({ name, value }) => [name, value])).toEqual([
      ["reward", 2],
      ["style", 1],
    ]);
    const list = await request<TracePage>(app, "GET", "/api/traces");
    expect(list.body.data.find((item) => item.id === own)?.reward).toBe(2);
  });

  test("must be a UUID", async () => {
    expect(await faults(trace10({ id: "7" }))).toEqual(["/id pattern"]);
  });

  test("holds when the same trace arrives many times at once", async () => {
    const own = "0a1b2c3d-0000-4000-8000-00000000000c";
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(trace10({ id: own }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
  });
});

describe("a trace that breaks its schema", () => {
  test.each([
    ["no version", trace10({ trace_version: undefined }), ["/trace_version required"]],
    ["an unknown version", trace10({ trace_version: "9.9" }), ["/trace_version unknown_version"]],
    [
      "an inherited word as version",
      trace10({ trace_version: "constructor" }),
      ["/trace_version unknown_version"],
    ],
    ["a version that is no text", trace10({ trace_version: 1 }), ["/trace_version unknown_version"]],
    ["no prompt", trace10({ prompt: undefined }), ["/prompt required"]],
    ["an empty prompt", trace10({ prompt: "" }), ["/prompt minLength"]],
    ["a long prompt", trace10({ prompt: "e".repeat(50_001) }), ["/prompt maxLength"]],
    ["no answer", trace10({ final_answer: null }), ["/final_answer type"]],
    ["no steps", trace10({ steps: [] }), ["/steps minItems"]],
    ["a member it doesn't know", trace10({ promt: 1 }), ["/promt unknown_member"]],
    [
      "a step's unknown member",
      trace10({ steps: [{ i: 0, type: "a", content: "b", "x/y": 1 }] }),
      ["/steps/0/x~1y unknown_member"],
    ],
    ["a negative index", trace10({ steps: [{ i: -1, type: "a", content: "b" }] }), ["/steps/0/i minimum"]],
    [
      "equal indices",
      trace10({
        steps: [
          { i: 1, type: "a", content: "b" },
          { i: 1, type: "a", content: "b" },
        ],
      }),
      ["/steps/1/i duplicate_step_index"],
    ],
    ["meta that is no object", trace10({ meta: [] }), ["/meta type"]],
    ["1.1 members in 1.0", trace10({ scores: [] }), ["/scores unknown_member"]],
    [
      "an unknown finish reason",
      trace11({ generation: { finish_reason: "done" } }),
      ["/generation/finish_reason enum"],
    ],
    [
      "a score without its value",
      trace11({ scores: [{ name: "reward" }] }),
      ["/scores/0/value value_missing"],
    ],
    [
      "a failed score with a value",
      trace11({ scores: [{ name: "r", value: 0, status: "error" }] }),
      ["/scores/0/value value_not_null"],
    ],
    [
      "a score for no step",
      trace11({ scores: [{ name: "r", value: 1, step_i: 99 }] }),
      ["/scores/0/step_i unknown_step"],
    ],
    [
      "the same score twice",
      trace11({
        scores: [
          { name: "r", value: 1 },
          { name: "r", value: 2 },
        ],
      }),
      ["/scores/1 duplicate_score"],
    ],
    ["an array", [], [" type"]],
    ["null", null, [" type"]],
  ])("with %s is refused by place and code", async (_name, trace, expected) => {
    expect(await faults(trace === null ? "null" : trace)).toEqual(expected);
  });

  test("names the known versions", async () => {
    const answer = await post<Problem>(trace10({ trace_version: "2.0" }));
    expect(answer.body.detail).toContain('"1.0" and "1.1"');
  });
});

describe("text that cannot be kept", () => {
  const withMeta = (meta: string) => JSON.stringify(trace10()).replace(/"meta":.*\}$/, `"meta":${meta}}`);

  test.each([
    ["NUL", withMeta('{"a":["\\u0000"]}'), "/meta/a/0 nul_character"],
    ["NUL in a key", withMeta('{"\\u0000":1}'), "/meta nul_character"],
    ["half a surrogate pair", withMeta('{"a":"\\ud800"}'), "/meta/a lone_surrogate"],
    ["a key twice", withMeta('{"a":{"b":1,"\\u0062":2}}'), "/meta/a/b duplicate_key"],
    ["an immense exponent", withMeta('{"a":1e100000}'), "/meta/a number_out_of_range"],
    ["an immense number", withMeta(`{"a":${"9".repeat(2_000)}}`), "/meta/a number_out_of_range"],
    ["broken JSON", '{"trace_version":"1.0"', " malformed_json"],
    ["nothing", "", " malformed_json"],
  ])("(%s) is refused by place", async (_name, text, expected) => {
    expect(await faults(text)).toEqual([expected]);
  });

  test("(10,000 levels of nesting) is refused", async () => {
    const [fault] = await faults(withMeta("[".repeat(10_000) + "]".repeat(10_000)));
    expect(fault).toMatch(/too_deep$/);
  });

  test("(bytes that are not UTF-8) is refused", async () => {
    expect(await faults(Buffer.from([0x22, 0xff, 0x22]))).toEqual([" malformed_json"]);
  });

  test("an escaped backslash before u0000 is ordinary text", async () => {
    expect((await post(withMeta('{"a":"\\\\u0000"}'))).status).toBe(201);
  });
});

describe("what is no JSON body", () => {
  test.each([
    ["another type", "text/plain", {}],
    ["a form", "application/x-www-form-urlencoded", {}],
    ["a compressed body", "application/json", { "content-encoding": "gzip" }],
  ])("(%s) gets 415", async (_name, type, headers) => {
    const answer = await post<Problem>("x", { "content-type": type, ...headers });
    expect(answer.status).toBe(415);
    expect(answer.body.code).toBe("unsupported_media_type");
  });
});

test("creating is logged and counted without the trace's content", async () => {
  const { body } = await post(trace10({ prompt: "A secret question" }), { "x-request-id": "abc-1" });
  const line = app.logs.find((log) => log.includes('"trace_created"') && log.includes(body.id)) ?? "";
  expect(JSON.parse(line)).toMatchObject({
    event: "trace_created",
    request_id: "abc-1",
    trace_version: "1.0",
  });
  expect(app.logs.join("")).not.toContain("A secret question");
  const metrics = (await request(app, "GET", "/metrics")).text;
  expect(metrics).toMatch(/^traces_created_total [1-9]/m);
  expect(metrics).toMatch(/^traces_rejected_total\{reason="invalid_trace"\} [1-9]/m);
});

test("what a trace reads as is what the contract says", async () => {
  const { body } = await post(trace11());
  const answer = await request(app, "GET", `/api/traces/${body.id}`);
  expect(compileCheck(TraceRead)(answer.body)).toEqual([]);
});

describe("large traces, read in a thread from the second on", () => {
  const large = (prompt: string) =>
    trace11({ prompt, final_answer: "é😀".repeat(12_000), tokens: { ids: [1, 2] } });

  test("come back as they were sent", async () => {
    const traces = Array.from({ length: 4 }, (_, i) => large(`large ${i}`));
    for (const trace of traces) {
      const { status, body } = await post<TraceCreated>(trace);
      expect(status).toBe(201);
      const { body: found } = await read(body.id, "?include=tokens");
      expect(found.payload).toEqual(trace);
    }
  });

  test("are the same when they are sent again, and told what is wrong with them", async () => {
    const id = "0a1b2c3d-0000-4000-8000-00000000cccc";
    expect((await post({ ...large("again"), id })).status).toBe(201);
    expect((await post({ ...large("again"), id })).status).toBe(200);
    expect((await post({ ...large("another"), id })).status).toBe(409);
    const { status, body } = await post<Problem>({ ...large("bad"), steps: [{ i: -1 }] });
    expect([status, body.code]).toEqual([422, "invalid_trace"]);
    expect(body.errors?.map(({ pointer }) => pointer)).toContain("/steps/0/i");
  });
});

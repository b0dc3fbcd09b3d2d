import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { ImportReport } from "../src/contract/imports.ts";
import type { Problem, TracePage } from "../src/contract/pages.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { importTraces } from "../src/transfer/import-traces.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database, { maxRecordBytes: 100_000 });
const NDJSON = { "content-type": "application/x-ndjson" };

const importBody = <T = ImportReport>(
  body: string | Buffer,
  query = "",
  headers: Record<string, string> = {},
) => request<T>(app, "POST", `/api/imports${query}`, body, headers);
const lines = (...records: unknown[]) =>
  records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n");
const countTraces = async () =>
  Number((await database.pool.query("SELECT count(*) AS n FROM traces")).rows[0].n);

describe("an import", () => {
  test.each([
    ["lines", lines(trace10({ prompt: "a1" }), trace11({ prompt: "a2" })), NDJSON],
    [
      "lines of Windows with a byte order mark",
      `\ufeff${lines(trace10({ prompt: "b1" }), trace10({ prompt: "b2" })).replace("\n", "\r\n")}\r\n`,
      NDJSON,
    ],
    ["an array", JSON.stringify([trace10({ prompt: "c1" }), trace10({ prompt: "c2" })], null, 2), {}],
    [
      "an array, gzipped",
      gzipSync(JSON.stringify([trace10({ prompt: "d1" }), trace10({ prompt: "d2" })])),
      {},
    ],
    [
      "gzip that is declared",
      gzipSync(lines(trace10({ prompt: "e1" }), trace10({ prompt: "e2" }))),
      { ...NDJSON, "content-encoding": "gzip" },
    ],
    [
      "octets",
      Buffer.from(lines(trace10({ prompt: "f1" }), trace10({ prompt: "f2" }))),
      { "content-type": "application/octet-stream" },
    ],
  ])("of %s stores its traces", async (_name, body, headers) => {
    const { status, body: report } = await importBody(body, "", headers);
    expect([status, report]).toEqual([
      200,
      { format: "native", records: 2, inserted: 2, duplicates: 0, skipped: 0, rejected: 0, errors: [] },
    ]);
    expect(compileCheck(ImportReport)(report)).toEqual([]);
  });

  test("takes the numbers that Python writes and JSON lacks for failed scores", async () => {
    const body = '{"input":"NaN?","output":"no","gts":"1","score":NaN,"step":3,"seconds":-Infinity}';
    expect((await importBody(body, "?run=nan", NDJSON)).body).toMatchObject({ format: "verl", inserted: 1 });
    const { body: page } = await request<TracePage>(
      app,
      "GET",
      "/api/traces?run=nan&score_status.reward=invalid",
    );
    expect(page.data).toHaveLength(1);
    const native = JSON.stringify(trace10()).replace(/}$/, ',"meta":{"a":NaN}}');
    expect((await importBody(native, "", NDJSON)).body).toMatchObject({
      errors: [{ code: "malformed_json" }],
    });
  });

  test("knows a rollout again under another file name, where it names its step itself", async () => {
    const body = lines({ input: "again?", output: "yes", score: 1, step: 180 });
    expect((await importBody(body, "?run=named&train_step=180", NDJSON)).body).toMatchObject({ inserted: 1 });
    for (const query of ["?run=named", "?run=named&train_step=4"])
      expect((await importBody(body, query, NDJSON)).body).toMatchObject({ duplicates: 1 });
  });

  test("of nothing, or of an empty array, stores nothing", async () => {
    for (const body of ["", "[]", " [ ] \n", "\n\n"]) {
      expect((await importBody(body)).body).toMatchObject({
        format: null,
        records: 0,
        inserted: 0,
        rejected: 0,
      });
    }
  });

  test("puts traces where the caller says, unless they say themselves", async () => {
    const body = lines(trace10({ prompt: "placed" }), trace11({ prompt: "placed too" }));
    await importBody(body, "?run=given&split=val&train_step=4");
    const page = (await request<TracePage>(app, "GET", "/api/traces?limit=2")).body.data;
    expect(page.map(({ run, split, train_step }) => [run, split, train_step]).toSorted()).toEqual([
      ["given", "val", 4],
      ["run-a", "train", 180],
    ]);
  });

  test("keeps a time of creation, and gives the id that the record brings", async () => {
    const id = "0a1b2c3d-0000-4000-8000-0000000000c1";
    await importBody(lines({ ...trace10({ id }), created_at: "2020-02-03T04:05:06.789Z" }));
    const { body } = await request<{ created_at: string; payload: unknown }>(app, "GET", `/api/traces/${id}`);
    expect(body).toMatchObject({ created_at: "2020-02-03T04:05:06.789Z", payload: trace10({ id }) });
    const bad = await importBody(lines({ ...trace10(), created_at: "yesterday" }));
    expect(bad.body.errors[0]).toMatchObject({ line: 1, code: "invalid_trace" });
  });

  test("of more than threads are started for stores each trace once", async () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      trace10({ prompt: `thread ${i} ${"x".repeat(3_000)}` }),
    );
    const body = lines(...many.slice(0, 2_000), "{broken", ...many.slice(2_000));
    const before = await countTraces();
    const { body: report } = await importBody(body);
    expect(report).toMatchObject({ records: 3_001, inserted: 3_000, rejected: 1, errors: [{ line: 2_001 }] });
    expect(await countTraces()).toBe(before + 3_000);
    expect((await importBody(body)).body).toMatchObject({ inserted: 0, duplicates: 3_000, rejected: 1 });
  }, 60_000);

  test("meeting ids that another one stores meanwhile stores each once", async () => {
    const body = lines(...Array.from({ length: 400 }, (_, i) => trace10({ prompt: `race ${i}` })));
    const before = await countTraces();
    const reports = await Promise.all([importBody(body), importBody(body), importBody(body)]);
    expect(reports.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(reports.reduce((sum, { body: report }) => sum + report.inserted, 0)).toBe(400);
    expect(await countTraces()).toBe(before + 400);
  });
});

describe("two imports of the same ids, one from each end", () => {
  test.each(["skip", "abort"])("store each once, under %s", async (how) => {
    const traces = Array.from({ length: 400 }, () => trace10({ id: randomUUID() }));
    const before = await countTraces();
    const both = [traces, traces.toReversed()].map((all) => importBody(lines(...all), `?on_error=${how}`));
    const reports = await Promise.all(both);
    expect(reports.map(({ status }) => status)).toEqual([200, 200]);
    expect(reports.reduce((sum, { body: report }) => sum + report.inserted, 0)).toBe(400);
    expect(await countTraces()).toBe(before + 400);
  });
});

describe("records that are bad", () => {
  const deep = `{"trace_version":"1.0","meta":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  const body = Buffer.concat([
    Buffer.from(`${lines(trace10({ prompt: "good 1" }), "{broken", trace10({ steps: [] }), deep)}\n`),
    Buffer.from([0x22, 0xff, 0x22, 0x0a]),
    Buffer.from(
      `"${"x".repeat(100_001)}"\n${lines('{"trace_version":"1.0","prompt":"a\\u0000"}', trace10({ prompt: "good 2" }), "[1]")}`,
    ),
  ]);

  test("are reported by line, and the good ones stored", async () => {
    const { body: report } = await importBody(body, "", NDJSON);
    expect(report).toMatchObject({ records: 9, inserted: 2, rejected: 7 });
    expect(report.errors.map(({ line, code }) => [line, code])).toEqual([
      [2, "malformed_json"],
      [3, "invalid_trace"],
      [4, "invalid_request"],
      [5, "malformed_json"],
      [6, "payload_too_large"],
      [7, "invalid_request"],
      [9, "invalid_trace"],
    ]);
  });

  test("keep everything out under on_error=abort", async () => {
    const before = await countTraces();
    const { status, body: problem } = await importBody<Problem>(body, "?on_error=abort&run=never");
    expect([status, problem.code]).toEqual([422, "import_aborted"]);
    expect(problem.errors?.[0]).toMatchObject({ line: 2, code: "malformed_json" });
    expect(await countTraces()).toBe(before);
  });

  test.each([
    ["an array", (text: string) => text],
    ["a gzipped array", gzipSync],
  ])("stand for the end that %s lacks", async (name, encode) => {
    const cut = encode(JSON.stringify([1, 2].map((n) => trace10({ prompt: `${name} ${n}` }))).slice(0, -1));
    const before = await countTraces();
    const { status, body: problem } = await importBody<Problem>(cut, "?on_error=abort");
    expect([status, problem.code]).toEqual([422, "import_aborted"]);
    expect(await countTraces()).toBe(before);
    const { body: report } = await importBody(cut);
    expect(report).toMatchObject({ records: 3, inserted: 2, rejected: 1 });
    expect(report.errors).toEqual([
      { line: 3, code: "invalid_trace", message: expect.stringContaining("The array is not closed") },
    ]);
  });

  test("beyond a hundred are counted", async () => {
    const { body: report } = await importBody(
      `${lines(trace10({ prompt: "one good" }))}\n${"nonsense\n".repeat(150)}`,
    );
    expect([report.rejected, report.errors.length]).toEqual([150, 100]);
  });

  test("whose id another trace has are rejected, not overwritten", async () => {
    const id = "0a1b2c3d-0000-4000-8000-0000000000c2";
    const { body: report } = await importBody(
      lines(trace10({ id }), trace10({ id, prompt: "other" }), trace10({ id })),
    );
    expect(report).toMatchObject({
      inserted: 1,
      duplicates: 1,
      rejected: 1,
      errors: [{ line: 2, code: "id_taken" }],
    });
  });
});

describe("what is refused as a whole", () => {
  const good = Array.from({ length: 600 }, (_, i) => trace10({ prompt: `gzip ${i}` }));

  test.each([
    ["gzip that is cut off", gzipSync(lines(trace10())).subarray(0, 60), "", 400, "bad_gzip"],
    [
      "gzip that is damaged",
      Buffer.concat([gzipSync("x").subarray(0, 10), Buffer.alloc(50, 7)]),
      "",
      400,
      "bad_gzip",
    ],
    ["records of no known format", '{"a":1}\n{"a":2}', "", 422, "unknown_format"],
    ["a format nobody knows", lines(trace10()), "?format=xml", 422, "unknown_format"],
    ["a bad parameter", lines(trace10()), "?on_error=explode", 422, "invalid_request"],
    ["an unknown parameter", lines(trace10()), "?fromat=native", 422, "invalid_request"],
  ])("%s gets its code", async (_name, body, query, status, code) => {
    const answer = await importBody<Problem>(body, query);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test.each([
    [{ "content-encoding": "br" }, '"br"', "gzip is"],
    [{ "content-encoding": "deflate" }, '"deflate"', "gzip is"],
    [{ "content-encoding": "gzip, gzip" }, '"gzip, gzip"', "gzip is"],
    [{ "content-type": "application/json; charset=utf-16" }, '"utf-16"', "UTF-8 is"],
    [{ "content-type": 'application/json;charset="latin1"' }, '"latin1"', "UTF-8 is"],
  ])("an encoding that is not understood (%j) gets 415, which names it", async (headers, named, known) => {
    for (const path of ["/api/imports", "/api/scores", "/api/traces"]) {
      const { status, body } = await request<Problem>(app, "POST", path, lines(trace10()), headers);
      expect([status, body.code]).toEqual([415, "unsupported_media_type"]);
      expect(body.detail).toContain(named);
      expect(body.detail).toContain(
        path === "/api/traces" && known === "gzip is" ? "must come without any" : known,
      );
    }
  });

  test.each([
    { "content-encoding": "x-gzip" },
    { "content-encoding": "identity" },
    { "content-type": "application/json; charset=UTF-8" },
    { "content-type": "application/json; charset=utf8; profile=a" },
  ])("an encoding that is understood (%j) is none of them", async (headers) => {
    expect((await importBody("", "", headers as never)).status).toBe(200);
    expect((await importBody(lines(trace10()), "?dry_run=true", headers as never)).status).toBe(200);
  });

  test("lines that are said to be CSV are a contradiction", async () => {
    const { status, body } = await importBody<Problem>(lines(trace10()), "?input=csv", NDJSON);
    expect([status, body.code]).toEqual([422, "invalid_request"]);
    expect(body.detail).toContain("contradicts");
  });

  test("another content type gets 415", async () => {
    expect((await importBody("x", "", { "content-type": "text/html" })).status).toBe(415);
  });

  test("a stream that breaks under skip says what it left stored", async () => {
    const cut = gzipSync(lines(...good)).subarray(0, -20);
    const answer = await importBody<Problem>(cut);
    expect([answer.status, answer.body.code]).toEqual([400, "bad_gzip"]);
    const stored = Number(/; (\d+) traces of the first/.exec(answer.body.detail)?.[1] ?? 0);
    const { rows } = await database.pool.query(
      "SELECT count(*) AS n FROM traces WHERE prompt_excerpt LIKE 'gzip %'",
    );
    expect(Number(rows[0].n)).toBe(stored);
  });
});

describe("a dry run", () => {
  test("stores nothing and shows the first traces", async () => {
    const before = await countTraces();
    const gsm8k = lines(
      { question: "1 + 1?", answer: "Two.\n#### 2" },
      { question: "2 + 2?", answer: "Four.\n#### 4" },
    );
    const { body: report } = await importBody(gsm8k, "?dry_run=true&preview=1&run=dry");
    expect(report).toMatchObject({ format: "gsm8k", records: 2, inserted: 0, rejected: 0 });
    expect(report.preview).toEqual([
      expect.objectContaining({ prompt: "1 + 1?", final_answer: "2", rollout: { run: "dry" } }),
    ]);
    expect(await countTraces()).toBe(before);
    const stored = await importBody(gsm8k, "?preview=1&run=dry");
    expect([stored.status, await countTraces()]).toEqual([422, before]);
  });
});

describe("progress", () => {
  const accept = { accept: "application/x-ndjson" };

  test("comes as lines, the last of which is the report", async () => {
    const { status, headers, text } = await importBody(lines(trace10({ prompt: "told" })), "", accept);
    expect([status, headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
    const told = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(told[0]).toHaveProperty("progress");
    expect(told.at(-1)).toMatchObject({ format: "native", inserted: 1 });
  });

  test.each([
    ["skip", 2],
    ["abort", 0],
  ] as const)("tells as stored what is committed, under %s", async (onError, inserted) => {
    const client = new pg.Client(database.connection);
    await client.connect();
    const told: number[] = [];
    const traces = lines(trace10({ prompt: onError }), trace10({ prompt: `${onError} 2` }));
    const source = Readable.from([Buffer.from(traces)]);
    const report = await importTraces({ client, pool: database.pool }, source, {
      format: undefined,
      onError,
      maxRecordBytes: 100_000,
      signal: AbortSignal.timeout(30_000),
      onProgress: (progress) => told.push(progress.inserted),
    });
    await client.end();
    expect([told, report.inserted]).toEqual([[inserted], 2]);
  });

  test("ends with the problem where there is one", async () => {
    const { status, text } = await importBody('{"a":1}', "", accept);
    expect(status).toBe(200);
    expect(JSON.parse(text.trim().split("\n").at(-1) ?? "")).toMatchObject({
      code: "unknown_format",
      status: 422,
    });
  });
});

test("the formats are listed", async () => {
  const { body } = await request<{ data: { name: string }[] }>(app, "GET", "/api/formats");
  expect(body.data.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["native", "gsm8k", "prm800k", "verl", "trl", "chat"]),
  );
});

describe("what would trip the database", () => {
  const score = {
    name: "r",
    value: 1,
    status: "ok",
    by: "",
    comment: null,
    step_i: null,
    updated_at: "2026-01-01T00:00:00.000Z",
  };
  const enveloped = (changes: object) => ({
    scores: [{ ...score, ...changes }],
    created_at: "2026-01-01",
    ...trace10(),
  });

  test.each([
    ["a time that is none", enveloped({ updated_at: "garbage" })],
    ["a step number too large", enveloped({ step_i: 99_999_999_999 })],
    ["a step that the trace does not have", enveloped({ step_i: 7 })],
    ["a score that is ok without a value", enveloped({ value: null })],
    ["a score twice", { scores: [score, score], created_at: "2026-01-01", ...trace10() }],
    ["a time beyond the calendar", { created_at: "9999-12-31T23:59:59-14:00", ...trace10() }],
  ])("(%s) rejects its record alone", async (_name, record) => {
    const { status, body: report } = await importBody(lines(record, trace10({ prompt: `beside ${_name}` })));
    expect([status, report.inserted, report.rejected]).toEqual([200, 1, 1]);
  });

  test("(U+0000 in a parameter) is refused by name", async () => {
    const answer = await importBody<Problem>(lines(trace10()), "?run=a%00b");
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, "/run"]);
  });

  test("(a byte order mark after a blank line) is no fault of the server", async () => {
    const { status } = await importBody(`\n\ufeff${lines(trace10({ prompt: "marked" }))}`);
    expect([200, 422]).toContain(status);
  });
});

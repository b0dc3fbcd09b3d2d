// Private formats by a map, CSV and Parquet, over HTTP.
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { ImportReport } from "../src/contract/imports.ts";
import type { Problem, ScoreList, TraceItem, TracePage } from "../src/contract/pages.ts";
import type { Trace11 } from "../src/contract/trace.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";

const app = useApp(useDatabase());
const MAP = "prompt=question,completion=response,reward=scores.acc,expected=gold,group=uid";

const record = {
  question: "What is 2 + 2?",
  response: "<think>Easy.</think>4",
  scores: { acc: 1, len: 0.5 },
  gold: 4,
  uid: "add-1",
};

async function send<T = ImportReport>(query: Record<string, string>, body: string | Buffer, type: string) {
  const headers = { "content-type": type };
  return request<T>(app, "POST", `/api/imports?${new URLSearchParams(query)}`, body, headers);
}

async function importAll(query: Record<string, string>, body: string | Buffer, type: string) {
  const answer = await send(query, body, type);
  expect(answer.status, answer.text).toBe(200);
  expect(compileCheck(ImportReport)(answer.body)).toEqual([]);
  return answer.body;
}

/** The traces of a run, by the narrow columns, in the order of their samples. */
async function listRun(run: string): Promise<TraceItem[]> {
  const page = await request<TracePage>(app, "GET", "/api/traces?limit=100");
  return page.body.data.filter((item) => item.run === run);
}

const readPayload = async ({ id }: TraceItem) =>
  (await request<{ payload: Trace11 }>(app, "GET", `/api/traces/${id}`)).body.payload;

const columnsOf = (rows: Record<string, unknown>[]) =>
  Object.keys(rows[0] ?? {}).map((name) => ({ name, data: rows.map((row) => row[name]) }));

test("parts of a map that no record has are told, also where threads read them", async () => {
  const map = `${MAP},score.len=scores.len,model=by.model,meta.x=scores.accuracy`;
  const rare = { ...record, by: { model: "m" } };
  const padded = { ...record, padding: "x".repeat(4_000) };
  const lines = (count: number) => `${JSON.stringify(padded)}\n`.repeat(count);
  for (const [run, body] of [
    ["few", lines(1)],
    ["many", lines(2_500)],
  ] as const) {
    const report = await importAll({ map, run }, body, "application/x-ndjson");
    expect(report.unmatched).toEqual(["model=by.model", "meta.x=scores.accuracy"]);
    const found = await importAll({ map, run }, `${body}${JSON.stringify(rare)}\n`, "application/x-ndjson");
    expect(found.unmatched).toEqual(["meta.x=scores.accuracy"]);
  }
});

describe("JSON lines with a map", () => {
  test("are stored as traces, with all that the map leaves out", async () => {
    const body = `${JSON.stringify(record)}\n${JSON.stringify({ ...record, scores: { acc: null } })}\n`;
    const report = await importAll({ map: MAP, run: "json" }, body, "application/x-ndjson");
    expect(report).toMatchObject({ format: "mapped", records: 2, inserted: 2, rejected: 0, unmatched: [] });
    const items = await listRun("json");
    expect(items.map(({ reward }) => reward).sort()).toEqual([1, null]);
    expect(new Set(items.map(({ group }) => group))).toEqual(new Set(["add-1"]));
    const item = items.find(({ reward }) => reward === 1) as TraceItem;
    expect(await readPayload(item)).toMatchObject({
      prompt: "What is 2 + 2?",
      final_answer: "4",
      reference: { answer: "4" },
      steps: [{ type: "thinking", content: "Easy." }, { type: "answer" }],
      meta: { scores: { len: 0.5 } },
    });
    const failed = items.find(({ reward }) => reward === null) as TraceItem;
    const scores = await request<ScoreList>(app, "GET", `/api/traces/${failed.id}/scores`);
    expect(scores.body.data).toMatchObject([{ name: "reward", value: null, status: "invalid" }]);
  });

  test("store nothing twice", async () => {
    const body = `${JSON.stringify(record)}\n`.repeat(3);
    const query = { map: MAP, run: "twice" };
    expect(await importAll(query, body, "application/x-ndjson")).toMatchObject({ inserted: 3 });
    expect(await importAll(query, body, "application/x-ndjson")).toMatchObject({
      inserted: 0,
      duplicates: 3,
    });
  });

  test("report a record without a member it needs by its line and the path", async () => {
    const { scores: _, ...bare } = record;
    const lines = [
      bare,
      { question: "Q", response: null },
      { response: "R" },
      { ...record, scores: { acc: "?" } },
    ];
    const report = await importAll(
      { map: MAP, run: "bad" },
      lines.map((line) => JSON.stringify(line)).join("\n"),
      "application/x-ndjson",
    );
    expect(report).toMatchObject({ inserted: 1, rejected: 3 });
    expect(report.errors.map(({ line, message }) => [line, /"([^"]+)"/.exec(message)?.[1]])).toEqual([
      [2, "response"],
      [3, "question"],
      [4, "scores.acc"],
    ]);
  });

  test("can be tried: a dry run shows the first three and stores none", async () => {
    const body = `${JSON.stringify(record)}\n`.repeat(5);
    const query = { map: MAP, run: "dry", dry_run: "true" };
    const report = await importAll(query, body, "application/x-ndjson");
    expect(report).toMatchObject({ records: 5, inserted: 0 });
    expect(report.preview).toHaveLength(3);
    expect(report.preview?.[0]).toMatchObject({ prompt: "What is 2 + 2?", rollout: { run: "dry" } });
    expect(await listRun("dry")).toEqual([]);
    const asked = await importAll({ ...query, preview: "1" }, body, "application/x-ndjson");
    expect(asked.preview).toHaveLength(1);
  });
});

test.each([
  ["an unknown target", { map: "prompt=q,answr=a" }, 'no target "answr"'],
  ["a target given twice", { map: "prompt=q,answer=a,answer=b" }, '"answer" is given twice'],
  ["an empty path", { map: "prompt=q,answer=" }, 'the path of "answer" is empty'],
  ["no prompt", { map: "answer=a" }, '"prompt" is missing'],
  ["nothing that was said", { map: "prompt=q" }, '"completion", "answer" or "steps" is missing'],
  ["a format beside it", { map: "prompt=q,answer=a", format: "trl" }, "send one"],
  ["nothing in it", { map: "" }, "map:"],
])("a map with %s gets 422, and nothing is stored", async (_, query, fault) => {
  const answer = await send<Problem>({ ...query, run: "refused" }, "{}", "application/x-ndjson");
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({ code: "invalid_request" });
  expect(answer.body.detail).toContain(fault);
  expect(await listRun("refused")).toEqual([]);
});

describe("CSV", () => {
  const csv =
    "\ufeffquestion;response;scores.acc;gold;uid\r\n" +
    '"Two\r\nlines; ""quoted""";<think>Easy.</think>4;1;007;a\r\n' +
    "too;few\r\n" +
    "Q;A;nan;;b\r\n";

  test.each([
    ["by its type", {}, "text/csv; charset=utf-8", Buffer.from(csv)],
    ["when it is said to be", { input: "csv" }, "application/octet-stream", Buffer.from(csv)],
    ["gzipped", {}, "text/csv", gzipSync(csv)],
  ])(
    "is read with a map, %s; a row that does not match is told by its line",
    async (how, query, type, body) => {
      const run = `csv ${how}`;
      const report = await importAll({ map: MAP, run, ...query }, body, type);
      expect(report).toMatchObject({ format: "mapped", records: 3, inserted: 2, rejected: 1 });
      expect(report.errors).toMatchObject([{ line: 4, code: "invalid_trace" }]);
      const items = await listRun(run);
      expect(items.map(({ group, reward }) => [group, reward]).sort()).toEqual([
        ["a", 1],
        ["b", null],
      ]);
      const payload = await readPayload(items.find(({ group }) => group === "a") as TraceItem);
      expect(payload).toMatchObject({
        prompt: 'Two\r\nlines; "quoted"',
        final_answer: "4",
        reference: { answer: "007" },
      });
    },
  );

  test("without a map is of the format that its rows have", async () => {
    const body = 'question,answer\nHow many?,"5 - 2 = <<5-2=3>>3 are left.\n#### 3"\n';
    expect(await importAll({ run: "csv auto" }, body, "text/csv")).toMatchObject({
      format: "gsm8k",
      inserted: 1,
    });
    expect(await listRun("csv auto")).toMatchObject([{ answer_excerpt: "3" }]);
  });

  test("of no known format is refused and told of maps", async () => {
    const answer = await send<Problem>({}, "a,b\n1,2\n", "text/csv");
    expect(answer).toMatchObject({ status: 422, body: { code: "unknown_format" } });
    expect(answer.body.detail).toContain("map the members");
  });

  test("that is not UTF-8 or has a header that cannot be is refused", async () => {
    const latin = Buffer.from("question,response\nné,A\nQ,A\n", "latin1");
    const report = await importAll(
      { map: "prompt=question,answer=response", run: "latin" },
      latin,
      "text/csv",
    );
    expect(report).toMatchObject({ inserted: 1, errors: [{ line: 2, code: "malformed_json" }] });
    const twice = await send<Problem>({}, "a,a\n1,2\n", "text/csv");
    expect(twice).toMatchObject({ status: 422, body: { code: "bad_csv" } });
  });
});

describe("Parquet", () => {
  const PARQUET = "application/vnd.apache.parquet";
  const rows = [
    { step: 10n, prompt: "2 + 2?", completion: "<think>Easy.</think>4", accuracy: 1, advantage: 0.5 },
    { step: 10n, prompt: "2 + 2?", completion: "5", accuracy: Number.NaN, advantage: -0.5 },
  ];
  const trl = Buffer.from(parquetWriteBuffer({ columnData: columnsOf(rows), rowGroupSize: 1 }));

  test.each([
    ["by its first bytes", trl, "application/octet-stream"],
    ["by its type", trl, PARQUET],
    ["gzipped", gzipSync(trl), "application/gzip"],
  ])("of TRL's completions is recognised %s", async (how, body, type) => {
    const run = `trl ${how}`;
    const report = await importAll({ run }, body, type);
    expect(report).toMatchObject({ format: "trl", records: 2, inserted: 2, rejected: 0 });
    const items = await listRun(run);
    expect(items).toMatchObject([{ train_step: 10 }, { train_step: 10 }]);
    const right = items.find(({ answer_excerpt }) => answer_excerpt === "4") as TraceItem;
    expect((await readPayload(right)).scores).toEqual([
      { name: "accuracy", value: 1, by: "trl" },
      { name: "advantage", value: 0.5, by: "trl" },
    ]);
    const wrong = items.find(({ answer_excerpt }) => answer_excerpt === "5") as TraceItem;
    expect((await readPayload(wrong)).scores).toContainEqual({
      name: "accuracy",
      value: null,
      status: "invalid",
      by: "trl",
    });
  });

  test("of TRL's conversations is read as messages", async () => {
    const message = (name: string) => [
      { name, repetition_type: "OPTIONAL" as const, num_children: 1, converted_type: "LIST" as const },
      { name: "list", repetition_type: "REPEATED" as const, num_children: 1 },
      { name: "element", repetition_type: "OPTIONAL" as const, num_children: 2 },
      {
        name: "role",
        type: "BYTE_ARRAY" as const,
        repetition_type: "OPTIONAL" as const,
        converted_type: "UTF8" as const,
      },
      {
        name: "content",
        type: "BYTE_ARRAY" as const,
        repetition_type: "OPTIONAL" as const,
        converted_type: "UTF8" as const,
      },
    ];
    const body = parquetWriteBuffer({
      schema: [
        { name: "root", num_children: 4 },
        { name: "step", type: "INT64", repetition_type: "REQUIRED" },
        ...message("prompt"),
        ...message("completion"),
        { name: "reward", type: "DOUBLE", repetition_type: "OPTIONAL" },
      ],
      columnData: [
        { name: "step", data: [7n] },
        { name: "prompt", data: [[{ role: "user", content: "2 + 2?" }]] },
        { name: "completion", data: [[{ role: "assistant", content: "<think>Easy.</think>4" }]] },
        { name: "reward", data: [0.25] },
      ],
    });
    expect(await importAll({ run: "talk" }, Buffer.from(body), PARQUET)).toMatchObject({
      format: "trl",
      inserted: 1,
    });
    expect(await listRun("talk")).toMatchObject([
      { prompt_excerpt: "2 + 2?", answer_excerpt: "4", train_step: 7, reward: 0.25 },
    ]);
  });

  test("of a shape of one's own is read with a map, integers to the digit", async () => {
    const uid = 2n ** 62n + 1n;
    const columnData = columnsOf([{ q: "2 + 2?", a: "4", uid, at: new Date("2026-01-02T03:04:05.678Z") }]);
    const body = Buffer.from(parquetWriteBuffer({ columnData }));
    await importAll({ map: "prompt=q,answer=a,group=uid", run: "own" }, body, PARQUET);
    const [item] = await listRun("own");
    expect(item).toMatchObject({ group: String(uid) });
    expect((await readPayload(item as TraceItem)).meta).toEqual({ at: "2026-01-02T03:04:05.678Z" });
  });

  test("that is damaged is refused, and leaves no file behind", async () => {
    const copies = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("tunix-rt-copy-"));
    const before = await copies();
    const answer = await send<Problem>({}, trl.subarray(0, -20), PARQUET);
    expect(answer).toMatchObject({ status: 422, body: { code: "bad_parquet" } });
    expect(await copies()).toEqual(before);
  });
});

test("a body of an unknown type is refused", async () => {
  expect(await send({ map: MAP }, "a,b", "text/plain")).toMatchObject({ status: 415 });
});

// Filters against a plain evaluation of the same question over random traces.
import { beforeAll, describe, expect, test } from "vitest";
import type { Problem, TracePage } from "../src/contract/pages.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import {
  type Filters,
  passes,
  randomFilters,
  randomTraces,
  type SentTrace,
  toQueryString,
} from "./support/filtered-traces.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);
let traces: SentTrace[];

beforeAll(async () => {
  traces = randomTraces(300);
  const lines = traces.map((trace) => JSON.stringify(trace)).join("\n");
  const report = await request(app, "POST", "/api/imports?format=native", lines, {
    "content-type": "application/x-ndjson",
  });
  expect(report.body).toMatchObject({ inserted: traces.length, rejected: 0 });
});

/** The ids of all pages. */
async function listIds(filters: Filters, sort = "newest"): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query = toQueryString({ ...filters, limit: 100, sort, ...(cursor !== "" && { cursor }) });
    const { body, status }: { body: TracePage; status: number } = await request<TracePage>(
      app,
      "GET",
      `/api/traces?${query}`,
    );
    expect([query, status]).toEqual([query, 200]);
    ids.push(...body.data.map(({ id }) => id));
    cursor = body.pagination.next_cursor;
  }
  return ids;
}

const expectedIds = (filters: Filters) =>
  traces
    .filter((trace) => passes(trace, filters))
    .map(({ id }) => id)
    .toSorted();

describe("each filter finds what a plain evaluation finds", () => {
  const cases: Filters[] = [
    { version: "1.0" },
    { run: "run-0" },
    { run: "no such run" },
    { split: "train" },
    { train_step: 3 },
    { min_train_step: 2 },
    { max_train_step: 2 },
    { group: "prompt-1" },
    { finish_reason: "length" },
    { source: "s'1" },
    { model: "model-1" },
    { tag: ["a"] },
    { tag: ["a", 'b,{}"\\'] },
    { step_type: "think" },
    { min_steps: 3 },
    { max_steps: 1 },
    { min_steps: 2, max_steps: 2 },
    { min_chars: 40 },
    { max_chars: 40 },
    { min_tokens: 50 },
    { max_tokens: 50 },
    { created_from: "2026-01-10" },
    { created_before: "2026-01-10T12:00:00+02:00" },
    { "score.reward": 1 },
    { "min_score.reward": 0.5 },
    { "max_score.reward": 0.5 },
    { "score.a.b": 2 },
    { "min_score.a.b": 1, "max_score.a.b": 1 },
    { "score_status.reward": "error" },
    { "score_status.a.b": "ok" },
    { "meta.level": "5" },
    { "meta.level": '"5"' },
    { "meta.deep.key": "x" },
    { 'meta."dotted.key"': "true" },
    { "meta.list": "[1,2]" },
    { "meta.list.0": "1" },
    { "meta.nothing": "null" },
    { "meta.big": "12345678901234567890" },
    { has: ["level"] },
    { has: ["level", "deep"] },
    { has: ["dotted.key"] },
    { not_source: ["s'1"] },
    { not_source: ["s'1", "s2"] },
    { not_model: ["model-0"] },
    { not_tag: ["a"] },
    { not_run: ["run-0", "no such run"] },
  ];
  test.each(cases)("%j", async (filters) => {
    expect((await listIds(filters)).toSorted()).toEqual(expectedIds(filters));
  });

  test("ids, in any case", async () => {
    const [one, two] = traces as [SentTrace, SentTrace];
    const ids = await listIds({ id: [one.id.toUpperCase(), two.id, crypto.randomUUID()] });
    expect(ids.toSorted()).toEqual([one.id, two.id].toSorted());
  });
});

test("any combination finds what a plain evaluation finds, in lists and exports", async () => {
  let found = 0;
  for (let round = 0; round < 200; round++) {
    const filters = randomFilters(round);
    const expected = expectedIds(filters);
    found += expected.length;
    expect([filters, (await listIds(filters)).toSorted()]).toEqual([filters, expected]);
    if (round % 20 > 0) continue;
    const lines = (await request(app, "GET", `/api/exports?${toQueryString(filters)}`)).text
      .split("\n")
      .slice(0, -1);
    expect(lines.map((line) => JSON.parse(line).id).toSorted()).toEqual(expected);
  }
  expect(found).toBeGreaterThan(200);
});

test.each([
  "min_steps=3&max_steps=2",
  "min_chars=3&max_chars=2",
  "min_tokens=3&max_tokens=2",
  "min_train_step=3&max_train_step=2",
  "train_step=3&min_train_step=4",
  "train_step=3&max_train_step=2",
  "created_from=2026-01-02&created_before=2026-01-01",
  "created_from=2026-01-02&created_before=2026-01-02",
  "min_score.reward=1&max_score.reward=0",
  "score.x=1&max_score.x=0",
  "source=a&not_source=a",
  "model=a&not_model=b&not_model=a",
  "run=a&not_run=a",
  "tag=a&tag=b&not_tag=b",
])("%s contradicts itself: an empty page, without a query", async (query) => {
  const queries: unknown[] = [];
  const original = database.pool.query;
  database.pool.query = ((...args: unknown[]) => {
    queries.push(args);
    return (original as (...all: unknown[]) => unknown).apply(database.pool, args);
  }) as typeof original;
  try {
    const { body } = await request<TracePage>(app, "GET", `/api/traces?${query}`);
    expect(body).toEqual({
      data: [],
      pagination: { limit: 20, offset: 0, next_offset: null, next_cursor: null },
    });
    expect(queries).toEqual([]);
  } finally {
    database.pool.query = original;
  }
});

test.each([
  ["version=2.0", "/version"],
  ["train_step=-1", "/train_step"],
  ["train_step=1.5", "/train_step"],
  ["min_steps=ten", "/min_steps"],
  ["max_steps=2147483648", "/max_steps"],
  ["finish_reason=tired", "/finish_reason"],
  ["source=", "/source"],
  ["source=a&source=b", "/source"],
  ["run=%00", "/run"],
  ["tag=", "/tag/0"],
  ["tag=a&tag=%00", "/tag"],
  ["id=7", "/id/0"],
  ["score=1", "/score"],
  ["score.=1", "/score."],
  ["score.reward=high", "/score.reward"],
  ["score.reward=NaN", "/score.reward"],
  ["score.reward=1e999", "/score.reward"],
  ["min_score.reward=1&min_score.reward=2", "/min_score.reward"],
  ["score_status.reward=fine", "/score_status.reward"],
  ["meta=1", "/meta"],
  ["meta.a%00=1", "/meta.a\0"],
  ["meta..a=1", "/meta..a"],
  ["meta.a.=1", "/meta.a."],
  ["meta.a..b=1", "/meta.a..b"],
  ["min_score.a/b=x", "/min_score.a~1b"],
  ["mood=good", "/mood"],
  ["Source=a", "/Source"],
  ["sort=random", "/sort"],
])("?%s is refused by name", async (query, pointer) => {
  const answer = await request<Problem>(app, "GET", `/api/traces?${query}`);
  expect(answer.status).toBe(422);
  expect(answer.body.errors?.map((error) => error.pointer)).toContain(pointer);
  expect(answer.body.detail).toContain(pointer.split("/")[1]?.replace("~1", "/") ?? "");
});

test("a call takes 60 different parameters, and 100 values of a repeated one", async () => {
  const ask = (count: number, parameter: (index: number) => string) =>
    request<Problem>(
      app,
      "GET",
      `/api/traces?${Array.from({ length: count }, (_, index) => parameter(index)).join("&")}`,
    );
  expect((await ask(60, (index) => `score.s${index}=1`)).status).toBe(200);
  const tooMany = await ask(61, (index) => `score.s${index}=1`);
  expect([tooMany.status, tooMany.body.detail]).toEqual([422, "Must have no more than 60 members"]);
  for (const name of ["tag", "not_tag", "not_run"]) {
    expect((await ask(100, (index) => `${name}=t${index}`)).status).toBe(200);
    expect((await ask(101, (index) => `${name}=t${index}`)).status).toBe(422);
  }
});

test("values that only look like SQL or JSON are values", async () => {
  for (const value of ["' OR true --", "{1e999999}", "1e400000", '"\\u0000"', '"\\ud800"', "{", "nul"])
    for (const name of ["source", "meta.x", "run", "tag", "has"])
      expect([name, value, await listIds({ [name]: value })]).toEqual([name, value, []]);
});

test("values are found that are written as JSON would escape them, and keys without a name", async () => {
  const meta = { x: "\\u0000", y: { k: "\\ud800" }, a: { "": { b: 1 } }, source: "𝔘".repeat(200) };
  const created = await request<{ id: string }>(app, "POST", "/api/traces", trace10({ meta }));
  for (const filters of [
    { "meta.x": "\\u0000" },
    { "meta.x": JSON.stringify(meta.x) },
    { "meta.y": JSON.stringify(meta.y) },
    { 'meta.a."".b': "1" },
    { source: meta.source },
  ])
    expect([filters, await listIds(filters as Filters)]).toEqual([filters, [created.body.id]]);
  await request(app, "DELETE", `/api/traces/${created.body.id}`);
});

test("a score's value and its status may be those of two judges, whatever its name", async () => {
  const scores = ["reward", "jj"].flatMap((name) => [
    { name, value: 1, by: "a" },
    { name, status: "error", by: "b" },
  ]);
  const created = await request<{ id: string }>(app, "POST", "/api/traces", trace11({ scores }));
  for (const name of ["reward", "jj"]) {
    const of = (status: string) => ({ [`min_score.${name}`]: 1, [`score_status.${name}`]: status });
    const found = [await listIds(of("error")), await listIds(of("ok")), await listIds(of("pending"))];
    expect(found.map((ids) => ids.includes(created.body.id))).toEqual([true, true, false]);
  }
  await request(app, "DELETE", `/api/traces/${created.body.id}`);
});

test("a cursor holds for repeated values in any order", async () => {
  const { body } = await request<TracePage>(app, "GET", "/api/traces?not_tag=x&not_tag=y&limit=1");
  const next = await request<TracePage>(
    app,
    "GET",
    `/api/traces?not_tag=y&not_tag=x&limit=1&cursor=${body.pagination.next_cursor}`,
  );
  expect(next.status).toBe(200);
  expect(next.body.data[0]?.id).not.toBe(body.data[0]?.id);
});

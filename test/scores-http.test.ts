// Scores sent by themselves: each record is judged alone, and the narrow reward follows.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Problem, ScoreList, TracePage } from "../src/contract/pages.ts";
import { ScoreReport } from "../src/contract/scores.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);
const NDJSON = { "content-type": "application/x-ndjson" };
const NOBODY = "0a1b2c3d-0000-4000-8000-00000000dead";

const post = <T = ScoreReport>(body: unknown, headers: Record<string, string> = {}) =>
  request<T>(app, "POST", "/api/scores", body, headers);
const lines = (...records: unknown[]) =>
  records.map((record) => (typeof record === "string" ? record : JSON.stringify(record))).join("\n");

async function storeTrace(changes: object = {}): Promise<string> {
  const trace = trace11({ scores: [], prompt: `p ${Math.random()}`, ...changes });
  return (await request<{ id: string }>(app, "POST", "/api/traces", trace)).body.id;
}

async function scoresOf(id: string) {
  const { data } = (await request<ScoreList>(app, "GET", `/api/traces/${id}/scores`)).body;
  return data.map(({ updated_at: _, ...score }) => score);
}

async function rewardOf(id: string): Promise<number | null> {
  return (await database.pool.query("SELECT reward FROM traces WHERE id = $1", [id])).rows[0].reward;
}

const whole = { step_i: null, by: "", status: "ok", comment: null };

describe("scores", () => {
  test("of a trace and of its steps are stored, and written over", async () => {
    const id = await storeTrace();
    const first = await post([
      { trace_id: id, name: "correct", value: 1 },
      { id: id.toUpperCase(), name: "correct", value: 0.5, step_i: 2, by: "prm@1", comment: "half" },
      { trace_id: id, name: "fluent", value: null, status: "error", comment: "timed out" },
    ]);
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      ...{ records: 3, stored: 3, not_found: 0, invalid: 0 },
      results: [1, 2, 3].map((line) => ({ line, status: 200 })),
    });
    expect(compileCheck(ScoreReport)(first.body)).toEqual([]);
    await post([{ trace_id: id, name: "correct", value: 0 }]);
    expect(await scoresOf(id)).toEqual([
      { ...whole, name: "correct", value: 0 },
      { ...whole, name: "fluent", value: null, status: "error", comment: "timed out" },
      { ...whole, step_i: 2, name: "correct", value: 0.5, by: "prm@1", comment: "half" },
    ]);
  });

  test.each([
    ["an array", (records: object[]) => [JSON.stringify(records, null, 1), {}]],
    ["lines", (records: object[]) => [lines(...records), NDJSON]],
    [
      "lines of Windows after a byte order mark",
      (records: object[]) => [`\ufeff${lines(...records).replaceAll("\n", "\r\n")}\r\n`, NDJSON],
    ],
    [
      "gzipped lines",
      (records: object[]) => [gzipSync(lines(...records)), { "content-type": "application/gzip" }],
    ],
    ["a gzipped array", (records: object[]) => [gzipSync(JSON.stringify(records)), {}]],
  ] as [string, (records: object[]) => [string | Buffer, Record<string, string>]][])(
    "come as %s",
    async (_name, write) => {
      const id = await storeTrace();
      const [body, headers] = write([
        { trace_id: id, name: "a", value: 1 },
        { trace_id: id, name: "b", value: -2.5e-3 },
      ]);
      expect((await post(body, headers)).body).toMatchObject({ records: 2, stored: 2 });
      expect((await scoresOf(id)).map(({ value }) => value)).toEqual([1, -2.5e-3]);
    },
  );

  test("of one key within a body count in their order: the last one stays", async () => {
    const id = await storeTrace();
    const values = Array.from({ length: 20 }, (_, i) => i);
    const { body } = await post(values.map((value) => ({ trace_id: id, name: "again", value })));
    expect(body).toMatchObject({ records: 20, stored: 20 });
    expect(await scoresOf(id)).toEqual([{ ...whole, name: "again", value: 19 }]);
  });

  test("whose names and judges run into each other stay apart", async () => {
    const id = await storeTrace();
    await post([
      { trace_id: id, name: "ab", by: "c", value: 1 },
      { trace_id: id, name: "a", by: "bc", value: 2 },
      { trace_id: id, name: "a\nb", by: "c", value: 3 },
    ]);
    expect((await scoresOf(id)).length).toBe(3);
  });

  test("none at all is a report of nothing", async () => {
    const { status, body } = await post("[]");
    expect([status, body]).toEqual([200, { records: 0, stored: 0, not_found: 0, invalid: 0, results: [] }]);
  });
});

describe("a record that cannot be stored", () => {
  test("is told by its line and its code, and its neighbours are stored", async () => {
    const id = await storeTrace();
    const other = (await request<{ id: string }>(app, "POST", "/api/traces", trace10())).body.id;
    const score = { trace_id: id, name: "n", value: 1 };
    const bad: [unknown, number, string][] = [
      [{ ...score, trace_id: NOBODY }, 404, "trace_not_found"],
      ["{broken", 422, "malformed_json"],
      [{ ...score, trace_id: "me" }, 422, "invalid_score"],
      [{ ...score, name: "" }, 422, "invalid_score"],
      [{ ...score, name: undefined }, 422, "invalid_score"],
      [{ ...score, trace_id: undefined }, 422, "invalid_score"],
      [{ ...score, id }, 422, "invalid_score"],
      [{ ...score, value: null }, 422, "invalid_score"],
      [{ ...score, value: "1" }, 422, "invalid_score"],
      [{ ...score, value: true }, 422, "invalid_score"],
      [`{"trace_id":"${id}","name":"n","value":1e309}`, 422, "invalid_score"],
      [`{"trace_id":"${id}","name":"n","value":1e999}`, 422, "invalid_request"],
      [`{"trace_id":"${id}","name":"n","value":NaN}`, 422, "malformed_json"],
      [`{"trace_id":"${id}","name":"n","value":1,"value":2}`, 422, "invalid_request"],
      [`{"trace_id":"${id}","name":"n\\u0000","value":1}`, 422, "invalid_request"],
      [{ ...score, status: "error" }, 422, "invalid_score"],
      [{ ...score, value: null, status: "failed" }, 422, "invalid_score"],
      [{ ...score, step_i: -1 }, 422, "invalid_score"],
      [{ ...score, step_i: 1.5 }, 422, "invalid_score"],
      [{ ...score, step_i: 2 ** 31 }, 422, "invalid_score"],
      [{ ...score, step_i: 3 }, 422, "unknown_step"],
      [{ ...score, trace_id: other, step_i: 2 }, 422, "unknown_step"],
      [{ ...score, comment: "x".repeat(20_001) }, 422, "invalid_score"],
      [{ ...score, updated_at: "2026-01-01" }, 422, "invalid_score"],
      ["[1]", 422, "invalid_score"],
      ["null", 422, "invalid_score"],
      [`"${"x".repeat(1_048_577)}"`, 413, "payload_too_large"],
    ];
    const { status, body } = await post(
      lines(score, ...bad.map(([record]) => record), { ...score, name: "last", by: "z" }),
      NDJSON,
    );
    expect(status).toBe(200);
    expect(body.results.map(({ line, status: of, code }) => [line, of, code])).toEqual([
      [1, 200, undefined],
      ...bad.map(([, of, code], index) => [index + 2, of, code]),
      [bad.length + 2, 200, undefined],
    ]);
    expect(body).toMatchObject({ records: bad.length + 2, stored: 2, not_found: 1, invalid: bad.length - 1 });
    expect(await scoresOf(id)).toEqual([
      { ...whole, name: "last", value: 1, by: "z" },
      { ...whole, name: "n", value: 1 },
    ]);
    expect(await scoresOf(other)).toEqual([]);
  });

  test("is told among thousands, and of the good ones only their number", async () => {
    const id = await storeTrace();
    const records = Array.from({ length: 7_000 }, (_, i) =>
      i % 5 === 0 ? "nonsense" : { trace_id: i % 5 === 1 ? NOBODY : id, name: `n${i}`, value: i },
    );
    const { body } = await post(lines(...records), NDJSON);
    expect(body).toMatchObject({ records: 7_000, stored: 4_200, not_found: 1_400, invalid: 1_400 });
    expect(body.results.length).toBe(1_000);
    expect(body.results.slice(0, 3).map(({ line, status }) => [line, status])).toEqual([
      [1, 422],
      [2, 404],
      [6, 422],
    ]);
    expect((await scoresOf(id)).length).toBe(4_200);
  });
});

describe("what is refused as a whole", () => {
  test.each<[string, string | Buffer, Record<string, string>, number, string]>([
    ["gzip that is cut off", gzipSync(JSON.stringify([1])).subarray(0, 15), {}, 400, "bad_gzip"],
    [
      "a type that says nothing of records",
      "x",
      { "content-type": "text/html" },
      415,
      "unsupported_media_type",
    ],
    ["a form of another site", "x", { ...NDJSON, "sec-fetch-site": "cross-site" }, 403, "forbidden_origin"],
  ])("%s gets its code", async (_name, body, headers, status, code) => {
    const answer = await post<Problem>(body, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test("a stream that breaks says what it left stored", async () => {
    const id = await storeTrace();
    const records = Array.from({ length: 20_000 }, (_, i) => ({
      ...{ trace_id: id, name: `cut ${i}`, value: Math.random() },
    }));
    const cut = gzipSync(lines(...records)).subarray(0, -40);
    const answer = await post<Problem>(cut, NDJSON);
    expect([answer.status, answer.body.code]).toEqual([400, "bad_gzip"]);
    const told = Number(/; (\d+) scores of the first/.exec(answer.body.detail)?.[1]);
    expect(told).toBeGreaterThan(0);
    expect((await scoresOf(id)).length).toBe(told);
  });
});

test("Accept: application/x-ndjson gets a line for each record, and the report as the last", async () => {
  const id = await storeTrace();
  const body = lines({ trace_id: id, name: "told", value: 1 }, { trace_id: NOBODY, name: "told", value: 1 });
  const { status, headers, text } = await post(body, { ...NDJSON, accept: "application/x-ndjson" });
  expect([status, headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
  expect(
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { line: 1, status: 200 },
    { line: 2, status: 404, code: "trace_not_found", message: `There is no trace with the id ${NOBODY}` },
    { records: 2, stored: 1, not_found: 1, invalid: 0 },
  ]);
});

describe("the narrow reward", () => {
  test("follows the newest valid reward of the whole trace", async () => {
    const id = await storeTrace({ scores: [{ name: "reward", value: 0.25, by: "first" }] });
    const reward = async (score: object) => {
      // Times are kept in milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 2));
      await post([{ trace_id: id, name: "reward", ...score }]);
      return rewardOf(id);
    };
    expect(await rewardOf(id)).toBe(0.25);
    expect(await reward({ value: 0.5, by: "second" })).toBe(0.5);
    expect(await reward({ value: 9, by: "second", step_i: 0 })).toBe(0.5);
    expect(await reward({ value: null, status: "error", by: "third" })).toBe(0.5);
    expect(await reward({ value: 0.75, by: "first" })).toBe(0.75);
    expect(await reward({ value: null, status: "error", by: "first" })).toBe(0.5);
    expect(await reward({ value: null, status: "invalid", by: "second" })).toBe(null);
    const page = await request<TracePage>(app, "GET", "/api/traces?limit=1");
    expect(page.body.data[0]).toMatchObject({ id, reward: null });
  });

  test("is that of the last judge's name where several came at once", async () => {
    const id = await storeTrace();
    await post(
      ["a", "z", "é", "ｆ", "😀", "m"].map((by, value) => ({ trace_id: id, name: "reward", value, by })),
    );
    expect(await rewardOf(id)).toBe(4);
  });

  test("is right after many have written at once", async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => storeTrace()));
    const judges = Array.from({ length: 12 }, (_, judge) => {
      const records = ids.map((id) => ({ trace_id: id, name: "reward", by: `j${judge % 6}`, value: judge }));
      return post(judge % 2 === 0 ? records : records.toReversed());
    });
    const repeated = ids.map(async (id) => {
      await request(app, "DELETE", `/api/scores?trace_id=${id}&by=j3`);
    });
    const answers = await Promise.all(judges);
    await Promise.all(repeated);
    expect(answers.map(({ body }) => body.stored)).toEqual(judges.map(() => ids.length));
    const { rows } = await database.pool.query(
      `SELECT reward, (SELECT value FROM scores WHERE trace_id = traces.id AND name = 'reward'
                       ORDER BY updated_at DESC, scored_by COLLATE "C" DESC LIMIT 1) AS newest
       FROM traces WHERE id = ANY($1)`,
      [ids],
    );
    expect(rows.length).toBe(ids.length);
    for (const { reward, newest } of rows) expect(reward).toBe(newest);
  });
});

describe("a trace", () => {
  test("sent again leaves scores that were given since as they are", async () => {
    const id = "0a1b2c3d-0000-4000-8000-0000000005c0";
    const trace = trace11({ id, scores: [{ name: "reward", value: 0, by: "v" }] });
    await request(app, "POST", "/api/traces", trace);
    await post([{ trace_id: id, name: "reward", value: 1, by: "v" }]);
    expect((await request(app, "POST", "/api/traces", trace)).status).toBe(200);
    await request(app, "POST", "/api/imports", lines(trace), NDJSON);
    expect(await scoresOf(id)).toEqual([{ ...whole, name: "reward", value: 1, by: "v" }]);
    expect(await rewardOf(id)).toBe(1);
  });

  test("that is deleted while it is scored leaves no score behind", async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => storeTrace()));
    const scored = Array.from({ length: 6 }, (_, judge) =>
      post(
        ids.map((trace_id) => ({
          trace_id,
          name: judge < 3 ? "reward" : "other",
          by: `j${judge}`,
          value: judge,
        })),
      ),
    );
    const deleted = ids.map((id) => request(app, "DELETE", `/api/traces/${id}`));
    const answers = await Promise.all([...scored, ...deleted]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 204]));
    const { rows } = await database.pool.query("SELECT FROM scores WHERE trace_id = ANY($1)", [ids]);
    expect(rows).toEqual([]);
  });
});

describe("deleting scores", () => {
  const remove = <T = { deleted: number }>(query: string) => request<T>(app, "DELETE", `/api/scores${query}`);

  test("takes those for which all holds, and has the reward follow", async () => {
    const run = `run ${Math.random()}`;
    const rollout = { run, split: "train", train_step: 1 };
    const ids = await Promise.all([storeTrace({ rollout }), storeTrace({ rollout }), storeTrace()]);
    await post(
      ids.flatMap((trace_id) => [
        { trace_id, name: "reward", value: 1, by: "old" },
        { trace_id, name: "reward", value: 0, by: "" },
        { trace_id, name: "other", value: 2, by: "old", step_i: 1 },
      ]),
    );
    const query = `?run=${encodeURIComponent(run)}&by=old`;
    expect((await remove(`${query}&dry_run=true`)).body).toEqual({ deleted: 4 });
    expect((await remove(`${query}&name=reward`)).body).toEqual({ deleted: 2 });
    expect(await Promise.all(ids.map(rewardOf))).toEqual([0, 0, 1]);
    expect((await remove(`?trace_id=${ids[0]?.toUpperCase()}&by=`)).body).toEqual({ deleted: 1 });
    expect(await rewardOf(ids[0] as string)).toBe(null);
    expect(await scoresOf(ids[0] as string)).toEqual([
      { ...whole, step_i: 1, name: "other", value: 2, by: "old" },
    ]);
    expect((await remove(`?run=${encodeURIComponent("nobody's")}`)).body).toEqual({ deleted: 0 });
    expect((await remove(`?run=${encodeURIComponent(run)}`)).body).toEqual({ deleted: 3 });
    expect((await scoresOf(ids[2] as string)).length).toBe(3);
  });

  test("takes any number of them", async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => storeTrace()));
    const records = ids.flatMap((trace_id) =>
      Array.from({ length: 1_200 }, (_, i) => ({ trace_id, name: "bulk", by: `b${i}`, value: i })),
    );
    await post(lines(...records), NDJSON);
    expect((await remove("?name=bulk")).body).toEqual({ deleted: 12_000 });
    expect((await remove("?name=bulk")).body).toEqual({ deleted: 0 });
  });

  test.each([
    ["nothing that says which", "", "filter_missing"],
    ["a dry run of nothing that says which", "?dry_run=true", "filter_missing"],
    ["an id that is none", "?trace_id=x", "pattern"],
    ["a parameter that it does not know", "?nmae=reward", "unknown_member"],
    ["an empty name", "?name=", "minLength"],
  ])("needs more than %s", async (_name, query, code) => {
    const { status, body } = await remove<Problem>(query);
    expect([status, body.errors?.[0]?.code]).toEqual([422, code]);
  });
});

test("figures for Prometheus count scores", async () => {
  const { text } = await request(app, "GET", "/metrics");
  expect(text).toMatch(/^scores_written_total [1-9]/m);
  expect(text).toMatch(/^scores_deleted_total [1-9]/m);
});

import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ImportReport } from "../src/contract/imports.ts";
import type { Problem, TraceCreated } from "../src/contract/pages.ts";
import { decompress } from "../src/store/compress.ts";
import { request, type TestApp, useApp } from "./support/app.ts";
import { type TestDatabase, useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);
const copy = useDatabase();
const copyApp = useApp(copy);

const NDJSON = { "content-type": "application/x-ndjson" };
const exportFrom = ({ app: server }: TestApp, query = "", headers = {}) =>
  server.inject({ url: `/api/exports${query}`, headers: { host: "localhost", ...headers } });
const exportLines = async (query = "") => (await exportFrom(app, query)).body;
const linesOf = (text: string) => text.split("\n").slice(0, -1);

async function post(trace: object | string): Promise<string> {
  const answer = await request<TraceCreated>(app, "POST", "/api/traces", trace);
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function importLines(into: typeof app, text: string | Buffer, query = ""): Promise<ImportReport> {
  return (await request<ImportReport>(into, "POST", `/api/imports${query}`, text, NDJSON)).body;
}

/** All that a store holds of its traces, oldest first. */
async function contents({ pool }: TestDatabase) {
  const { rows } = await pool.query(`
    SELECT to_jsonb(traces) - 'run_id' - 'meta' AS columns, runs.name AS run, payload, payload_offset, tokens, meta::text,
           (SELECT json_agg(to_jsonb(scores) ORDER BY step_i NULLS FIRST, name, scored_by)
            FROM scores WHERE trace_id = traces.id) AS scores
    FROM traces JOIN trace_payloads ON trace_id = id LEFT JOIN trace_tokens USING (trace_id)
         LEFT JOIN runs ON runs.id = run_id
    ORDER BY traces.created_at, traces.id`);
  const text = async (bytes: Buffer | null) => bytes && (await decompress(bytes)).toString();
  return Promise.all(
    rows.map(async ({ payload, tokens, ...row }) => ({
      ...row,
      payload: (await text(payload)) ?? "",
      tokens: await text(tokens),
    })),
  );
}

const bigNumbers = '{"n":12345678901234567890,"x":1.0,"e":1e2}';
const odd = (trace: object) =>
  ` \t${JSON.stringify(trace, null, 2).replaceAll("\n", "\r\n")}\n\n`.replace('"META"', bigNumbers);

test("an export is of the format that is named, where there is one", async () => {
  const lines = await exportFrom(app, "?format=native&source=nowhere");
  expect([lines.statusCode, lines.body]).toEqual([200, ""]);
  const refused = await exportFrom(app, "?format=parquet");
  expect([refused.statusCode, refused.json<Problem>().detail]).toEqual([
    422,
    expect.stringMatching(/format.*native/),
  ]);
});

describe("an export and an import", () => {
  test("give the same traces", async () => {
    await post(trace10());
    await post(trace10({ id: "0A1B2C3D-0000-4000-8000-000000000001" }));
    await post(odd(trace10({ meta: "META" })));
    await post(odd(trace11({ id: "0a1b2c3d-0000-4000-8000-000000000002", meta: "META" })));
    await post(trace11({ scores: null, tokens: null, rollout: null }));
    await post(trace11({ scores: [], rollout: { run: "run-b" } }));
    await request(app, "PATCH", "/api/runs/run-b", { name: "run-b, renamed" });
    await post(trace11({ meta: { id: "not the trace's", rollout: { run: "nor this" }, scores: [1] } }));
    await post(JSON.stringify(trace10()).replace("{", '{"\\u0069d":"0a1b2c3d-0000-4000-8000-000000000003",'));
    await post(
      `{"tokens":{"ids":[1]},${JSON.stringify(trace11())
        .replace(/,"tokens":\{[^}]*\}/, "")
        .slice(1)}`,
    );
    await post(trace11({ steps: [{ i: 0, type: "long", content: "é".repeat(400_000) }], scores: [] }));
    const bare = [
      trace10(),
      trace11({ rollout: null }),
      trace11({ rollout: { split: "own", train_step: 0 } }),
    ];
    const lines = bare.map((trace) => JSON.stringify(trace)).join("\n");
    await importLines(app, lines, "?run=given&split=test&train_step=7");

    const exported = await exportLines();
    const report = await importLines(copyApp, exported);
    expect(report).toMatchObject({ format: "native", records: 13, inserted: 13, rejected: 0 });
    expect(await contents(copy)).toEqual(await contents(database));
    expect(linesOf(exported)).toHaveLength(13);
    expect((await exportFrom(copyApp)).body).toBe(exported);
  });

  test("into the same store adds nothing", async () => {
    const before = await contents(database);
    expect(await importLines(app, await exportLines())).toMatchObject({
      inserted: 0,
      duplicates: 13,
      rejected: 0,
    });
    expect(await contents(database)).toEqual(before);
  });

  test("keep scores that were changed, added and removed, with their times", async () => {
    const [changed, added, removed, given, timed] = await Promise.all([
      post(trace11()),
      post(trace11({ tokens: null })),
      post(
        `{"scores":[{"name":"reward","value":1}],${JSON.stringify(trace11({ scores: undefined })).slice(1)}`,
      ),
      post(trace10()),
      post(trace11({ scores: ["a", "b"].map((by, value) => ({ name: "reward", by, value })) })),
    ]);
    const { pool } = database;
    const insert = `INSERT INTO scores (trace_id, name, scored_by, value, status, comment, updated_at) VALUES`;
    await pool.query(`UPDATE scores SET value = 0.1, updated_at = '2026-01-31T12:00:00.123Z'
      WHERE trace_id = '${changed}' AND name = 'reward'`);
    await pool.query(`${insert} ('${added}', 'late', 'me', 1e-7, 'ok', 'é"\n', '2026-02-01T00:00:00Z')`);
    await pool.query(`DELETE FROM scores WHERE trace_id = '${removed}'`);
    await pool.query(`${insert} ('${given}', 'reward', '', 0.25, 'ok', NULL, '2026-02-01T00:00:00Z')`);
    await pool.query(
      `UPDATE scores SET updated_at = '2999-01-01' WHERE trace_id = '${timed}' AND scored_by = 'a'`,
    );
    for (const [id, reward] of [
      [changed, 0.1],
      [removed, null],
      [given, 0.25],
      [timed, 0],
    ])
      await pool.query("UPDATE traces SET reward = $2 WHERE id = $1", [id, reward]);

    const exported = await exportLines();
    const withScores = linesOf(exported)
      .map((line) => JSON.parse(line))
      .filter(({ id }) => id === changed);
    expect(withScores[0].scores[0]).toEqual({
      ...{ step_i: null, name: "reward", value: 0.1, status: "ok", by: "verifier@1", comment: null },
      updated_at: "2026-01-31T12:00:00.123Z",
    });
    expect(await importLines(copyApp, exported)).toMatchObject({ inserted: 5, duplicates: 13, rejected: 0 });
    expect(await contents(copy)).toEqual(await contents(database));
    expect(await importLines(app, exported)).toMatchObject({ inserted: 0, duplicates: 18, rejected: 0 });
    expect(await exportLines()).toBe(exported);
  });
});

describe("an export line", () => {
  const lineOf = async (id: string) => linesOf(await exportLines()).find((line) => line.includes(id)) ?? "";

  test("is the trace as it was sent after what it does not say itself", async () => {
    const sent = JSON.stringify(trace11());
    const id = await post(sent);
    const { created_at } = (await request<TraceCreated>(app, "GET", `/api/traces/${id}`)).body;
    expect(await lineOf(id)).toBe(`{"id":"${id}","created_at":"${created_at}",${sent.slice(1)}`);
    const own = JSON.stringify(trace10({ id: "0a1b2c3d-0000-4000-8000-000000000009" }));
    await post(own);
    expect(await lineOf("000000000009")).toMatch(/^\{"created_at":"[^"]+","trace_version"/);
    expect(await lineOf("000000000009")).toContain(own.slice(1));
  });

  test("is one line, and no key stands twice in it", async () => {
    for (const line of linesOf(await exportLines())) {
      expect(line).not.toContain("\r");
      const report = await importLines(app, line);
      expect(report).toMatchObject({ records: 1, duplicates: 1 });
    }
  });

  test.each([
    ["no space", '"line_feeds":[1]', /No space is at 1 of the trace, at "\/line_feeds"/],
    ["a space within a string", '"carriage_returns":[PLACE]', /not JSON/],
    ["no offset", '"line_feeds":[-1]', /at "\/line_feeds\/0"/],
  ])("with a line break put where there is %s is refused", async (_name, member, message) => {
    const trace = JSON.stringify(trace10());
    const place = Buffer.byteLength(trace.slice(0, trace.indexOf("is 27")).toString()) - 1;
    const envelope = `${member.replace("PLACE", String(place))},"created_at":"2026-01-31T12:00:00.000Z"`;
    const report = await importLines(app, trace.replace("{", `{${envelope},`));
    expect(report).toMatchObject({ inserted: 0, rejected: 1 });
    expect(report.errors[0]?.message).toMatch(message);
  });

  test.each([
    ["no JSON", { offset: 0, text: "x" }, /not JSON/],
    ["a key twice", { offset: 1, text: '"prompt":"other",' }, /prompt/],
    ["nothing at all", {}, /at "\/sent_scores\/offset"/],
  ])("with scores put back that make it %s is refused", async (_name, sent, message) => {
    const envelope = `"scores":[],"sent_scores":${JSON.stringify(sent)},"created_at":"2026-01-31T12:00:00.000Z"`;
    const report = await importLines(app, JSON.stringify(trace10()).replace("{", `{${envelope},`));
    expect(report).toMatchObject({ inserted: 0, rejected: 1 });
    expect(report.errors[0]?.message).toMatch(message);
  });
});

describe("what is exported", () => {
  test("is what the filters select, oldest first", async () => {
    const moments = ["2021-05-02", "2021-05-01", "2021-05-03", "2021-05-01"];
    const ids: string[] = [];
    for (const [index, moment] of moments.entries()) {
      const id = await post(index === 2 ? trace11() : trace10());
      await database.pool.query("UPDATE traces SET created_at = $2 WHERE id = $1", [id, moment]);
      ids.push(id);
    }
    const select = async (query: string) =>
      linesOf(await exportLines(query)).map((line) => ids.indexOf(JSON.parse(line).id));
    expect(await select("?created_before=2021-06-01")).toEqual([1, 3, 0, 2]);
    expect(await select("?created_from=2021-05-02&created_before=2021-05-03")).toEqual([0]);
    expect(await select("?version=1.1&created_before=2021-06-01")).toEqual([2]);
    expect(await select("?created_from=2021-06-01&created_before=2021-05-01")).toEqual([]);
  });

  test.each(["version=3", "created_from=noon", "created_from=2026-01-01'%3B--", "limit=5"])(
    "by ?%s is refused by name",
    async (query) => {
      const answer = await request<Problem>(app, "GET", `/api/exports?${query}`);
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, `/${query.split("=")[0]}`]);
    },
  );

  test("says what it is, and is counted", async () => {
    const counted = async () =>
      Number(/^traces_exported_total (\d+)$/m.exec((await request(app, "GET", "/metrics")).text)?.[1]);
    const before = await counted();
    const { statusCode, headers, body } = await exportFrom(app);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ "content-type": "application/x-ndjson", "cache-control": "no-store" });
    expect(headers["content-disposition"]).toContain("traces.jsonl");
    expect((await counted()) - before).toBe(linesOf(body).length);
  });

  test.each([
    ["gzip", true],
    ["br, GZIP;q=0.5", true],
    ["gzip;q=0", false],
    ["gzip; q=0.000", false],
    ["br", false],
    ["*", false],
  ])("is gzipped for one who accepts %j: %s", async (accepted, isGzipped) => {
    const answer = await exportFrom(app, "", { "accept-encoding": accepted });
    expect(answer.headers["content-encoding"]).toBe(isGzipped ? "gzip" : undefined);
    expect(answer.headers.vary).toBe("accept-encoding");
    const bytes = isGzipped ? gunzipSync(answer.rawPayload) : answer.rawPayload;
    expect(bytes.toString()).toBe(await exportLines());
  });

  test("can be imported gzipped", async () => {
    const report = await importLines(copyApp, gzipSync(await exportLines("?version=1.1")));
    expect(report).toMatchObject({ rejected: 0 });
  });
});

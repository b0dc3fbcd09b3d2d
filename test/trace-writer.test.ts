// Posts that arrive together share a commit.
import { describe, expect, test } from "vitest";
import { toStoredRow } from "../src/store/stored-row.ts";
import { TraceWriter } from "../src/store/trace-writer.ts";
import { checkTrace } from "../src/trace/check-trace.ts";
import { parseJson } from "../src/trace/json-document.ts";
import { toTraceRow } from "../src/trace/trace-row.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);

async function storedRow(trace: object) {
  const document = parseJson(JSON.stringify(trace));
  return toStoredRow(toTraceRow(document, checkTrace(document.value)));
}

const countTraces = async () =>
  Number((await database.pool.query("SELECT count(*) AS n FROM traces")).rows[0].n);

describe("traces written at once", () => {
  test("are all stored as they were sent, with odd tags, tokens and scores", async () => {
    const tags = ["plain", 'a "quote"', "back\\slash", "comma, brace}", "", "null", "日本"];
    const traces = Array.from({ length: 200 }, (_, i) =>
      i % 3 === 0
        ? trace11({ prompt: `p${i}`, meta: { tags, i } })
        : trace10({ prompt: `p${i}`, meta: { tags: [tags[i % tags.length]], i } }),
    );
    const answers = await Promise.all(
      traces.map((trace) => request<{ id: string }>(app, "POST", "/api/traces", trace)),
    );
    expect(answers.map(({ status }) => status)).toEqual(traces.map(() => 201));
    for (const [i, { body }] of answers.entries()) {
      const read = await request<{ payload: unknown }>(app, "GET", `/api/traces/${body.id}?include=tokens`);
      expect(read.body.payload).toEqual(traces[i]);
    }
    const { rows } = await database.pool.query(
      "SELECT DISTINCT tags FROM traces WHERE trace_version = '1.1'",
    );
    expect(rows).toEqual([{ tags }]);
    const scores = await database.pool.query("SELECT count(*) AS n FROM scores");
    expect(Number(scores.rows[0].n)).toBe(2 * 67);
  });

  test("share commits: far fewer transactions than traces", async () => {
    const writer = new TraceWriter(database.pool);
    const rows = await Promise.all(
      Array.from({ length: 300 }, (_, i) => storedRow(trace10({ prompt: `c${i}` }))),
    );
    const results = await Promise.all(rows.map((row) => writer.write(row)));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["created"]));
    const { rows: commits } = await database.pool.query(
      "SELECT count(DISTINCT xmin::text) AS n FROM traces WHERE prompt_excerpt LIKE 'c%'",
    );
    expect(Number(commits[0].n)).toBeLessThan(20);
  });

  test("are not failed by a neighbour that the database refuses", async () => {
    const writer = new TraceWriter(database.pool);
    const before = await countTraces();
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, i) => storedRow(trace10({ prompt: `n${i}` }))),
    );
    // What the checks before would have refused.
    const bad = { ...(rows[10] as (typeof rows)[number]), source: "a\0b" };
    const results = await Promise.allSettled(rows.map((row, i) => writer.write(i === 10 ? bad : row)));
    expect(results.map(({ status }) => status)).toEqual(
      rows.map((_, i) => (i === 10 ? "rejected" : "fulfilled")),
    );
    expect(await countTraces()).toBe(before + 19);
  });

  test("beyond what may wait are refused with a time to try again, the others stored", async () => {
    const writer = new TraceWriter(database.pool);
    const row = await storedRow(trace10({ prompt: "large" }));
    const large = Buffer.alloc(8_000_000, 1);
    const writes = Array.from({ length: 20 }, (_, i) =>
      writer.write({ ...row, id: `0a1b2c3d-0000-4000-8000-0000000001${10 + i}`, compressedPayload: large }),
    );
    const results = await Promise.allSettled(writes);
    const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(20);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: "database_busy", retryAfterSeconds: 1 });
  });
});

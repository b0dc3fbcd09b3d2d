// Posts that arrive together share a commit.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { toDatabaseError } from "../src/store/database-errors.ts";
import { deleteTrace } from "../src/store/delete-trace.ts";
import { listScores } from "../src/store/scores/scores.ts";
import { insertTraces } from "../src/store/writing/insert-traces.ts";
import { toStoredRow } from "../src/store/writing/stored-row.ts";
import { TraceWriter } from "../src/store/writing/trace-writer.ts";
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

  describe("while another transaction holds an id", () => {
    const held = "0a1b2c3d-0000-4000-8000-00000000aaaa";
    const withId = (id: string) => storedRow(trace10({ id, prompt: "held" }));
    /** Resolves when the id is held; gives it back when told. */
    async function hold() {
      const client = await database.pool.connect();
      await client.query("BEGIN");
      await client.query(
        `INSERT INTO traces SELECT ($1::text)::uuid AS id, (t).* FROM (
           SELECT created_at, reward, run_id, train_step, sample_index, step_count, char_count, completion_tokens,
                  trace_version, split, prompt_key, source, model, finish_reason, tags, step_types, prompt_excerpt,
                  answer_excerpt, content_hash FROM traces LIMIT 1) AS t`,
        [held],
      );
      return async () => {
        await client.query("ROLLBACK");
        client.release();
      };
    }

    test("those with ids made here are stored; the one with the id when it is free", async () => {
      const writer = new TraceWriter(database.pool);
      const giveBack = await hold();
      let isDone = false;
      const waiting = writer.write(await withId(held)).finally(() => (isDone = true));
      const made = Array.from({ length: 5 }, (_, i) => storedRow(trace10({ prompt: `free${i}` })));
      const results = await Promise.all((await Promise.all(made)).map((row) => writer.write(row)));
      expect(results.map(({ outcome }) => outcome)).toEqual(made.map(() => "created"));
      expect(isDone).toBe(false);
      await giveBack();
      expect((await waiting).outcome).toBe("created");
      await database.pool.query("DELETE FROM traces WHERE id = $1", [held]);
    });

    test("its neighbours in a commit are stored, and it alone is told to try again", async () => {
      const pool = new pg.Pool({ ...database.connection, max: 5, options: "-c lock_timeout=300" });
      const writer = new TraceWriter(pool);
      const giveBack = await hold();
      const ids = Array.from({ length: 6 }, (_, i) => `0a1b2c3d-0000-4000-8000-00000000bbb${i}`);
      const rows = await Promise.all([held, ...ids].map(withId));
      const results = await Promise.allSettled(rows.map((row) => writer.write(row)));
      expect(results.map(({ status }) => status)).toEqual(["rejected", ...ids.map(() => "fulfilled")]);
      const { reason } = results[0] as PromiseRejectedResult;
      expect(toDatabaseError(reason)).toMatchObject({ code: "database_busy", retryAfterSeconds: 1 });
      await giveBack();
      await pool.end();
    });
  });

  test("many ids that are held keep no more connections than two commits", async () => {
    const pool = new pg.Pool({ ...database.connection, max: 5, options: "-c lock_timeout=300" });
    const writer = new TraceWriter(pool);
    const ids = Array.from({ length: 30 }, (_, i) => `0a1b2c3d-0000-4000-8000-00000000c0${10 + i}`);
    const client = await database.pool.connect();
    await client.query("BEGIN; LOCK TABLE traces IN EXCLUSIVE MODE");
    let busiest = 0;
    const watch = setInterval(() => {
      busiest = Math.max(busiest, pool.totalCount - pool.idleCount);
    }, 10);
    const rows = await Promise.all(ids.map((id) => storedRow(trace10({ id }))));
    const results = await Promise.allSettled(rows.map((row) => writer.write(row)));
    clearInterval(watch);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(busiest).toBeLessThanOrEqual(2);
    await client.query("ROLLBACK");
    client.release();
    const again = await Promise.all(rows.map((row) => writer.write(row)));
    expect(new Set(again.map(({ outcome }) => outcome))).toEqual(new Set(["created"]));
    await pool.end();
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

test("a trace deleted while it is sent again with scores is stored anew", async () => {
  const id = randomUUID();
  const trace = trace11({ id, scores: [{ name: "reward", value: 1, status: "ok", by: "a" }] });
  await insertTraces(database.pool, [await storedRow({ ...trace, scores: [] })]);
  const pool = new pg.Pool(database.connection);
  const connect = pool.connect.bind(pool);
  let transactions = 0;
  // Scores are written in a transaction: its connection is asked for once the trace was found.
  const connectLate = async () => {
    if (transactions++ === 0) await deleteTrace(database.pool, id);
    return connect();
  };
  pool.connect = ((callback) => (callback ? connect(callback) : connectLate())) as typeof pool.connect;
  const [result] = await insertTraces(pool, [await storedRow(trace)]);
  await pool.end();
  expect([result?.outcome, transactions]).toEqual(["created", 1]);
  expect((await listScores(database.pool, id))?.map(({ name }) => name)).toEqual(["reward"]);
});

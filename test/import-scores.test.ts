// A stream of scores of any length: read no further ahead than what is being stored, and stopped when nobody waits.
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { importScores } from "../src/transfer/import-scores.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);

async function storeTraces(count: number): Promise<string[]> {
  const traces = Array.from({ length: count }, (_, i) => trace11({ prompt: `p ${i}`, scores: [] }));
  const answers = await Promise.all(
    traces.map((trace) => request<{ id: string }>(app, "POST", "/api/traces", trace)),
  );
  return answers.map(({ body }) => body.id);
}

test("is never far ahead of the store", async () => {
  const ids = await storeTraces(50);
  const count = 150_000;
  let given = 0;
  let ahead = 0;
  function* lines() {
    for (given = 0; given < count; given++) {
      const score = { trace_id: ids[given % 50], name: `n${given % 20}`, value: given };
      yield Buffer.from(`${JSON.stringify(score)}\n`);
    }
  }
  const report = await importScores(database.pool, Readable.from(lines()), {
    signal: new AbortController().signal,
    onChunk: ({ records }) => {
      ahead = Math.max(ahead, given - records);
    },
  });
  expect(report).toEqual({ records: count, stored: count, not_found: 0, invalid: 0, results: [] });
  expect(ahead).toBeLessThan(40_000);
  // Of each key the last value stays, though chunks are stored by two connections.
  const { rows } = await database.pool.query("SELECT count(*)::int AS n, min(value) AS least FROM scores");
  expect(rows).toEqual([{ n: 100, least: count - 100 }]);
}, 120_000);

test("waits for a reader that takes no results", async () => {
  const ids = await storeTraces(1);
  let given = 0;
  function* lines() {
    for (given = 0; given < 100_000; given++)
      yield Buffer.from(`${JSON.stringify({ trace_id: ids[0], name: "n", value: given })}\n`);
  }
  const isRead = new PassThrough();
  const done = importScores(database.pool, Readable.from(lines()), {
    signal: new AbortController().signal,
    onChunk: async () => {
      if (!isRead.writableEnded) await once(isRead, "finish");
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(given).toBeLessThan(50_000);
  isRead.end();
  expect((await done).stored).toBe(100_000);
}, 60_000);

test("ends when its client goes away, and what was stored stays", async () => {
  const [id] = await storeTraces(1);
  const gone = new AbortController();
  function* lines() {
    for (let i = 0; ; i++)
      yield Buffer.from(`${JSON.stringify({ trace_id: id, name: "endless", value: i })}\n`);
  }
  const reason = new Error("gone");
  await expect(
    importScores(database.pool, Readable.from(lines()), {
      signal: gone.signal,
      onChunk: () => gone.abort(reason),
    }),
  ).rejects.toBe(reason);
  const { rows } = await database.pool.query("SELECT value FROM scores WHERE name = 'endless'");
  expect(rows.length).toBe(1);
});

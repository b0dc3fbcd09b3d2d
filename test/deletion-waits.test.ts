// Deletion by filter while others hold what it needs.
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Problem } from "../src/contract/pages.ts";
import { deleteMatching } from "../src/store/delete-trace.ts";
import { CuttableProxy } from "./support/cuttable-proxy.ts";
import { useDatabase } from "./support/database.ts";
import { type RunningServer, startServer, waitFor } from "./support/running-server.ts";
import { trace10 } from "./support/traces.ts";

const database = useDatabase();
let proxy: CuttableProxy;
let server: RunningServer;

/** More than go in one transaction. */
const TRACES = 2_001;

beforeAll(async () => {
  proxy = new CuttableProxy(database.connection);
  await proxy.mend();
  server = await startServer({ DATABASE_URL: proxy.url(database.connection), DB_POOL_TIMEOUT: "1" });
  const body = Array.from({ length: TRACES }, () => JSON.stringify(trace10({ meta: { source: "doomed" } })));
  const headers = { "content-type": "application/x-ndjson" };
  await fetch(`${server.address}/api/imports`, { method: "POST", headers, body: body.join("\n") });
});

afterAll(async () => {
  server.child.kill("SIGTERM");
  await server.exited;
  await proxy.cut();
});

async function holding<T>(statement: string, work: () => Promise<T>): Promise<T> {
  const holder = await database.pool.connect();
  try {
    await holder.query("BEGIN");
    await holder.query(statement);
    return await work();
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
}

const remove = (signal: AbortSignal) =>
  fetch(`${server.address}/api/traces?source=doomed`, { method: "DELETE", signal });

async function removeRefused() {
  const answer = await remove(AbortSignal.timeout(5_000));
  return [answer.status, ((await answer.json()) as Problem).code];
}

test("a table that is locked is a 503 after DB_POOL_TIMEOUT", async () => {
  expect(await holding("LOCK TABLE traces IN ACCESS EXCLUSIVE MODE", removeRefused)).toEqual([
    503,
    "database_busy",
  ]);
  expect(
    await holding("LOCK TABLE scores IN ACCESS EXCLUSIVE MODE", async () => {
      const signal = AbortSignal.timeout(5_000);
      const answer = await fetch(`${server.address}/api/scores?name=x`, { method: "DELETE", signal });
      return answer.status;
    }),
  ).toBe(503);
});

test("what went before a failure is counted and logged", async () => {
  const last = "SELECT FROM traces ORDER BY ctid DESC LIMIT 1 FOR UPDATE";
  expect(await holding(last, removeRefused)).toEqual([503, "database_busy"]);
  const metrics = await (await fetch(`${server.address}/metrics`)).text();
  expect(metrics).toContain("traces_deleted_total 2000\n");
  await waitFor(() => /"event":"traces_deleted","traces":2000/.test(server.stderr()));
});

test("a client that leaves while the traces are listed ends the call", async () => {
  const connect = async () => {
    const client = new pg.Client(database.connection);
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const leave = () =>
    deleteMatching({ pool: database.pool, connect }, { source: "doomed" }, AbortSignal.timeout(200));
  await expect(holding("LOCK TABLE traces IN ACCESS EXCLUSIVE MODE", leave)).rejects.toThrow(
    "aborted due to timeout",
  );
});

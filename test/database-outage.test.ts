import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Problem, Readiness } from "../src/contract/pages.ts";
import { request, type TestApp, useApp } from "./support/app.ts";
import { CuttableProxy } from "./support/cuttable-proxy.ts";
import { type TestDatabase, useDatabase } from "./support/database.ts";
import { startServer, waitFor } from "./support/running-server.ts";
import { trace10 } from "./support/traces.ts";

const database = useDatabase();

describe("while the database is away", () => {
  let proxy: CuttableProxy;
  const proxied = {} as TestDatabase;
  beforeAll(async () => {
    proxy = new CuttableProxy(database.connection);
    await proxy.mend();
    proxied.pool = new pg.Pool({ ...proxy.connection(database.connection), connectionTimeoutMillis: 3_000 });
    proxied.pool.on("error", () => {});
  });
  const app: TestApp = useApp(proxied);
  afterAll(async () => {
    await proxied.pool.end();
    await proxy.cut();
  });

  test("requests get 503 with Retry-After, and all is well again without a restart", async () => {
    expect((await request(app, "POST", "/api/traces", trace10())).status).toBe(201);
    await proxy.cut();
    const id = "00000000-0000-4000-8000-000000000000";
    const answers = await Promise.all([
      request<Problem>(app, "POST", "/api/traces", trace10()),
      request<Problem>(app, "GET", "/api/traces"),
      request<Problem>(app, "GET", `/api/traces/${id}`),
      request<Problem>(app, "DELETE", `/api/traces/${id}`),
    ]);
    for (const { status, headers, body } of answers) {
      expect([status, body.code]).toEqual([503, "database_unavailable"]);
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(body.detail).not.toMatch(/ECONN|127\.0\.0\.1/);
    }
    const ready = await request<Readiness>(app, "GET", "/api/health/ready");
    expect([ready.status, ready.body.checks.database.status]).toEqual([503, "down"]);
    expect((await request(app, "GET", "/api/health")).status).toBe(200);

    await proxy.mend();
    expect((await request(app, "POST", "/api/traces", trace10())).status).toBe(201);
    expect((await request<Readiness>(app, "GET", "/api/health/ready")).status).toBe(200);
  });
});

test("a server that starts without its database serves once that is there", async () => {
  const proxy = new CuttableProxy(database.connection);
  await proxy.mend();
  const url = proxy.url(database.connection);
  await proxy.cut();
  const server = await startServer({ DATABASE_URL: url });
  try {
    const post = () =>
      fetch(`${server.address}/api/traces`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(trace10()),
      });
    const refused = await post();
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    await proxy.mend();
    await waitFor(async () => (await fetch(`${server.address}/api/health/ready`)).status === 200);
    expect((await post()).status).toBe(201);
  } finally {
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    await proxy.cut();
  }
});

test("no log or error shows the password of DATABASE_URL", async () => {
  const server = await startServer({
    DATABASE_URL: "postgres://tunix:s3cr3t@127.0.0.1:1/db?password=s3cr3t",
    LOG_LEVEL: "trace",
  });
  const answer = await fetch(`${server.address}/api/traces`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toContain("s3cr3t");
  server.child.kill("SIGINT");
  expect(await server.exited).toBe(0);
  expect(server.stdout() + server.stderr()).not.toContain("s3cr3t");
});

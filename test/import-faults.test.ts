// Imports that are cut off from outside: all or nothing under abort, and the server lives on.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CuttableProxy } from "./support/cuttable-proxy.ts";
import { useDatabase } from "./support/database.ts";
import { runTunix, startServer, waitFor } from "./support/running-server.ts";
import { trace10 } from "./support/traces.ts";

const database = useDatabase();
let proxy: CuttableProxy;
let directory: string;
beforeAll(async () => {
  proxy = new CuttableProxy(database.connection);
  await proxy.mend();
  directory = await mkdtemp(join(tmpdir(), "tunix-rt-faults-"));
});
afterAll(async () => {
  await proxy.cut();
  await rm(directory, { recursive: true, force: true });
});

const records = (count: number, mark: string) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify(trace10({ prompt: `${mark} ${i} ${"x".repeat(2_000)}` })),
  );

async function countOf(mark: string): Promise<number> {
  const { rows } = await database.pool.query(
    "SELECT count(*) AS n FROM traces WHERE prompt_excerpt LIKE $1",
    [`${mark} %`],
  );
  return Number(rows[0].n);
}

/** Begins an import that never ends by itself; `end` breaks it off or completes it. */
function beginImport(address: string, query: string) {
  const sent = httpRequest(`${address}/api/imports${query}`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson", "transfer-encoding": "chunked" },
  });
  const answer = new Promise<{ status: number; text: string } | undefined>((resolve) => {
    sent.on("error", () => resolve(undefined));
    sent.on("response", (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("close", () => resolve({ status: response.statusCode ?? 0, text }));
    });
  });
  return { sent, answer };
}

describe("under a server whose database can be cut off", () => {
  test("a client that goes away midway leaves nothing under abort, and whole chunks under skip", async () => {
    const server = await startServer({ DATABASE_URL: proxy.url(database.connection) });
    for (const how of ["abort", "skip"]) {
      const { sent, answer } = beginImport(server.address, `?on_error=${how}`);
      sent.write(`${records(1_200, `gone-${how}`).join("\n")}\n`);
      if (how === "skip") await waitFor(async () => (await countOf("gone-skip")) > 0);
      else await new Promise((resolve) => setTimeout(resolve, 300));
      sent.destroy();
      await answer;
    }
    await waitFor(async () => {
      const { rows } = await database.pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()",
      );
      return rows.length === 0;
    });
    expect(await countOf("gone-abort")).toBe(0);
    expect((await countOf("gone-skip")) % 500).toBe(0);
    expect((await fetch(`${server.address}/api/health/ready`)).status).toBe(200);
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });

  test("a database that goes away midway ends the import with 503, all or nothing, and the server recovers", async () => {
    const server = await startServer({ DATABASE_URL: proxy.url(database.connection) });
    const { sent, answer } = beginImport(server.address, "?on_error=abort");
    sent.write(`${records(1_500, "cut").join("\n")}\n`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.cut();
    sent.end(`${records(10, "cut").join("\n")}\n`);
    expect((await answer)?.status).toBe(503);
    await proxy.mend();
    await waitFor(async () => (await fetch(`${server.address}/api/health/ready`)).status === 200);
    expect(await countOf("cut")).toBe(0);
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });
});

describe("a run that is changed amid an import under abort", () => {
  async function importAround(run: string, change: (url: string) => Promise<Response>) {
    const server = await startServer({ DATABASE_URL: proxy.url(database.connection) });
    const { sent, answer } = beginImport(server.address, `?on_error=abort&run=${run}`);
    const url = `${server.address}/api/runs/${run}`;
    sent.write(`${records(1_200, run).join("\n")}\n`);
    await waitFor(async () => (await fetch(url)).status === 200);
    expect((await change(url)).ok).toBe(true);
    sent.end(`${records(1_200, `${run}`).join("\n")}\n`);
    const result = await answer;
    server.child.kill("SIGTERM");
    await server.exited;
    return { status: result?.status, text: result?.text ?? "" };
  }

  test("and is deleted ends it: nothing is stored", async () => {
    const { status, text } = await importAround("dropped", (url) => fetch(url, { method: "DELETE" }));
    expect(status).toBe(422);
    expect(JSON.parse(text)).toMatchObject({
      code: "import_aborted",
      detail: expect.stringContaining('"dropped"'),
    });
    expect(await countOf("dropped")).toBe(0);
  });

  test("and is renamed gets all of its traces", async () => {
    const rename = (url: string) =>
      fetch(url, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: '{"name":"renamed"}',
      });
    const { status, text } = await importAround("old-name", rename);
    expect([status, JSON.parse(text).inserted]).toEqual([200, 2_400]);
    const { rows } = await database.pool.query(
      "SELECT runs.name, count(*)::int FROM traces JOIN runs ON runs.id = run_id WHERE prompt_excerpt LIKE 'old-name %' GROUP BY 1",
    );
    expect(rows).toEqual([{ name: "renamed", count: 2_400 }]);
  });
});

test("a killed import of the command line is all or nothing under abort, at whatever moment", async () => {
  const file = join(directory, "killed.jsonl");
  const DATA_DIR = join(directory, "store");
  await writeFile(file, records(3_000, "killed").join("\n"));
  await runTunix(["migrate", "up"], { DATA_DIR }).exited;
  for (let round = 0; round < 6; round++) {
    const run = runTunix(["import", "--on-error", "abort", "--run", `r${round}`, file], { DATA_DIR });
    setTimeout(() => run.child.kill("SIGKILL"), 300 + round * 150);
    const code = await run.exited;
    const list = runTunix(["export"], { DATA_DIR });
    await list.exited;
    const stored = list
      .stdout()
      .split("\n")
      .filter((line) => line.includes(`"run":"r${round}"`)).length;
    expect([0, 3_000]).toContain(stored);
    if (code === 0) expect(stored).toBe(3_000);
  }
});

test("a line of 100 MB is refused by its place, and memory stays bounded", async () => {
  const server = await startServer({ DATABASE_URL: proxy.url(database.connection), LOG_LEVEL: "error" });
  const { sent, answer } = beginImport(server.address, "");
  const part = Buffer.alloc(1_000_000, "x");
  sent.write(`${records(1, "long").join("")}\n"`);
  for (let i = 0; i < 100; i++)
    if (!sent.write(part)) await new Promise((resolve) => sent.once("drain", resolve));
  sent.end(`"\n${records(1, "long").join("")}`);
  const report = JSON.parse((await answer)?.text ?? "");
  expect(report).toMatchObject({ records: 3, inserted: 2, errors: [{ line: 2, code: "payload_too_large" }] });
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
});

test("a stop of the server ends an import that does not end by itself", async () => {
  const client = new pg.Client(database.connection);
  await client.connect();
  const server = await startServer({ DATABASE_URL: proxy.url(database.connection) });
  const { sent, answer } = beginImport(server.address, "?on_error=abort");
  sent.write(`${records(600, "stopped").join("\n")}\n`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  server.child.kill("SIGTERM");
  expect(await server.exited).toBe(0);
  await answer;
  expect(await countOf("stopped")).toBe(0);
  await client.end();
});

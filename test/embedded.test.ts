import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TracePage } from "../src/contract/pages.ts";
import { EmbeddedPostgres } from "../src/store/embedded/embedded-postgres.ts";
import { isAlive } from "../src/store/embedded/postmaster.ts";
import { runTunix, startServer, waitFor } from "./support/running-server.ts";
import { trace10 } from "./support/traces.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tunix-rt-embedded-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const join1 = (dataDir: string, more: object = {}) =>
  EmbeddedPostgres.join({ dataDir, create: true, label: `test, process ${process.pid}`, ...more });

async function serverPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.split("\n")[0]);
}

async function query(embedded: EmbeddedPostgres, text: string): Promise<Record<string, unknown>> {
  const client = new pg.Client(embedded.connection);
  await client.connect();
  const { rows } = await client.query(text).finally(() => client.end());
  return rows[0];
}

describe("the embedded server", () => {
  test("is started by who comes first, kept by who stays, and stopped by who leaves last", async () => {
    const dataDir = join(root, "shared");
    const [first, second] = await Promise.all([join1(dataDir), join1(dataDir)]);
    const pid = (await serverPid(dataDir)) as number;
    await first.leave();
    expect(isAlive(pid)).toBe(true);
    expect(await query(second, "SELECT 1 AS one")).toEqual({ one: 1 });
    await second.leave();
    await waitFor(() => !isAlive(pid));
    expect(await serverPid(dataDir)).toBeUndefined();
  });

  test("keeps what makes it durable switched on, and listens on a socket only", async () => {
    const embedded = await join1(join(root, "durable"));
    const settings = await query(
      embedded,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
              current_setting('synchronous_commit') AS synchronous_commit, current_setting('listen_addresses') AS listen`,
    );
    expect(settings).toEqual({ fsync: "on", full_page_writes: "on", synchronous_commit: "on", listen: "" });
    await embedded.leave();
  });

  test("works in a directory whose name is too long for a socket", async () => {
    const dataDir = join(root, "long".repeat(30));
    const embedded = await join1(dataDir);
    expect(String(embedded.connection.host).length).toBeLessThan(93);
    expect(await query(embedded, "SELECT 1 AS one")).toEqual({ one: 1 });
    await embedded.leave();
  });

  test("uses loopback and a password where there are no sockets", async () => {
    const embedded = await join1(join(root, "loopback"), { useLoopback: true });
    expect(embedded.connection).toMatchObject({
      host: "127.0.0.1",
      password: expect.stringMatching(/^[0-9a-f]{48}$/),
    });
    expect(await query(embedded, "SELECT 1 AS one")).toEqual({ one: 1 });
    const intruder = new pg.Client({ ...embedded.connection, password: "guess" });
    await expect(intruder.connect()).rejects.toThrow(/password/);
    await embedded.leave();
  });

  test("is restarted when it dies under those who use it", async () => {
    const dataDir = join(root, "restart");
    const events: string[] = [];
    const embedded = await join1(dataDir, { onEvent: (event: string) => events.push(event) });
    await query(embedded, "CREATE TABLE kept AS SELECT 7 AS n");
    const pid = (await serverPid(dataDir)) as number;
    process.kill(pid, "SIGKILL");
    await waitFor(() => events.includes("database_restored"));
    expect(events[0]).toBe("database_lost");
    expect(await serverPid(dataDir)).not.toBe(pid);
    expect(await query(embedded, "SELECT n FROM kept")).toEqual({ n: 7 });
    await embedded.leave();
    expect(await serverPid(dataDir)).toBeUndefined();
  });

  test("starts although a dead server's number belongs to another program now", async () => {
    const dataDir = join(root, "stale");
    await (await join1(dataDir)).leave();
    await writeFile(join(dataDir, "postgres", "postmaster.pid"), `${process.pid}\n${dataDir}\n0\n5432\n\n\n`);
    const embedded = await join1(dataDir);
    expect(await query(embedded, "SELECT 1 AS one")).toEqual({ one: 1 });
    await embedded.leave();
  });

  test("says why it cannot start", async () => {
    const dataDir = join(root, "broken");
    await (await join1(dataDir)).leave();
    await writeFile(join(dataDir, "postgres", "postgresql.conf"), "nonsense = on\n");
    await expect(join1(dataDir)).rejects.toMatchObject({
      code: "embedded_unavailable",
      message: expect.stringContaining("nonsense"),
    });
  });

  test("refuses a directory of another major version, and a file in place of a directory", async () => {
    const dataDir = join(root, "old");
    await mkdir(join(dataDir, "postgres"), { recursive: true });
    await writeFile(join(dataDir, "postgres", "PG_VERSION"), "17\n");
    await expect(join1(dataDir)).rejects.toMatchObject({
      code: "store_version",
      message: expect.stringMatching(/PostgreSQL 17.*pg_dump/),
    });
    await writeFile(join(root, "file"), "");
    await expect(join1(join(root, "file", "store"))).rejects.toMatchObject({ code: "store_location" });
    if (process.platform === "linux")
      await expect(join1("/proc/store")).rejects.toMatchObject({ code: "store_location" });
  });
});

describe("a served store", () => {
  const post = (address: string, trace: object) =>
    fetch(`${address}/api/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(trace),
    });

  test("is joined by commands, refused to a second server by name, and stopped by a signal", async () => {
    const DATA_DIR = join(root, "served");
    const server = await startServer({ DATA_DIR });
    const { id } = (await (await post(server.address, trace10())).json()) as { id: string };
    const get = runTunix(["get", id], { DATA_DIR });
    expect([await get.exited, JSON.parse(get.stdout())]).toEqual([0, trace10()]);

    const second = runTunix(["serve"], { DATA_DIR, PORT: "0" });
    expect(await second.exited).toBe(6);
    expect(second.stderr()).toContain(`process ${server.child.pid}`);
    const port = new URL(server.address).port;
    const third = runTunix(["serve"], { DATA_DIR: join(root, "other"), PORT: port });
    expect(await third.exited).toBe(6);
    expect(third.stderr()).toMatch(/is taken by another Tunix RT server/);

    // Ctrl+C reaches npm and Node both: the second signal is the same one.
    server.child.kill("SIGINT");
    server.child.kill("SIGINT");
    expect(await server.exited).toBe(0);
    expect(await serverPid(DATA_DIR)).toBeUndefined();
    const after = runTunix(["list", "--json"], { DATA_DIR });
    await after.exited;
    expect((JSON.parse(after.stdout()) as TracePage).data.map((item) => item.id)).toEqual([id]);
  });

  test("finishes a request under way when it is told to stop", async () => {
    const DATA_DIR = join(root, "graceful");
    const server = await startServer({ DATA_DIR });
    const answers = Array.from({ length: 50 }, () => post(server.address, trace10()));
    await answers[0];
    server.child.kill("SIGTERM");
    const statuses = await Promise.allSettled(answers);
    expect(await server.exited).toBe(0);
    const acknowledged = statuses.filter(
      (answer) => answer.status === "fulfilled" && answer.value.status === 201,
    );
    const list = runTunix(["list", "--json", "--limit", "100"], { DATA_DIR });
    await list.exited;
    expect((JSON.parse(list.stdout()) as TracePage).data.length).toBeGreaterThanOrEqual(acknowledged.length);
  });

  test("loses nothing it acknowledged to kill -9, of the server or of its database", async () => {
    const DATA_DIR = join(root, "killed");
    const acknowledged: string[] = [];
    for (const victim of ["server", "database", "both"]) {
      const server = await startServer({ DATA_DIR });
      const target = acknowledged.length + 25;
      const client = async () => {
        for (;;) {
          const answer = await post(server.address, trace10()).catch(() => undefined);
          if (answer?.status === 201) acknowledged.push(((await answer.json()) as { id: string }).id);
          if (answer === undefined || acknowledged.length > target + 100) return;
        }
      };
      const clients = Promise.all([client(), client(), client()]);
      await waitFor(() => acknowledged.length >= target);
      if (victim !== "server") process.kill((await serverPid(DATA_DIR)) as number, "SIGKILL");
      if (victim !== "database") server.child.kill("SIGKILL");
      await clients;
      server.child.kill("SIGTERM");
      await server.exited;
    }
    const server = await startServer({ DATA_DIR });
    for (const id of acknowledged) {
      expect((await fetch(`${server.address}/api/traces/${id}`)).status).toBe(200);
    }
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });
});

test("a server that is stopped while its database is being restarted leaves none behind", async () => {
  const DATA_DIR = join(root, "restarting");
  for (const pauseMs of [0, 20, 60]) {
    const server = await startServer({ DATA_DIR });
    process.kill((await serverPid(DATA_DIR)) as number, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    await waitFor(
      () => !execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(`-D ${DATA_DIR}`),
    );
  }
});

test("a command that is killed leaves no server behind the next one's back", async () => {
  const DATA_DIR = join(root, "orphan");
  const server = await startServer({ DATA_DIR });
  server.child.kill("SIGKILL");
  await server.exited;
  expect(isAlive((await serverPid(DATA_DIR)) as number)).toBe(true);
  const list = runTunix(["list"], { DATA_DIR });
  expect(await list.exited).toBe(0);
  expect(await serverPid(DATA_DIR)).toBeUndefined();
});

test("no server of these tests is left", async () => {
  const running = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  expect(running.split("\n").filter((line) => line.includes(root))).toEqual([]);
});

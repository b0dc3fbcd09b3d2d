import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { DataDirectory } from "./data-directory.ts";
import { findServerPid, isAlive, startServer, stopServer } from "./postmaster.ts";

let directory: DataDirectory;
const children: ChildProcess[] = [];

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "tunix-rt-postmaster-"));
  const cluster = join(root, "postgres");
  mkdirSync(cluster);
  directory = { root, cluster, logFile: join(root, "postgres.log"), endpoint: { socketDir: root } };
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(directory.root, { recursive: true });
});

/** A process that waits, with this among its arguments as a server has its directory. */
async function startProcess(argument: string): Promise<number> {
  const code = "process.stdout.write('up'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", code, argument], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await once(child.stdout, "data");
  return child.pid as number;
}

async function startAndEnd(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid as number;
}

const pidFile = () => join(directory.cluster, "postmaster.pid");
const writePid = (pid: number | string) =>
  writeFileSync(pidFile(), `${pid}\n${directory.cluster}\n1769860800\n`);

describe("a server", () => {
  test("is found by its pid file", async () => {
    const pid = await startProcess(directory.cluster);
    expect(findServerPid(directory)).toBeUndefined();
    writePid(pid);
    expect(findServerPid(directory)).toBe(pid);
  });

  test("is not another program that has its number by now, where that can be told", async () => {
    const pid = await startProcess("/another/directory");
    writePid(pid);
    expect(findServerPid(directory)).toBe(process.platform === "linux" ? undefined : pid);
  });

  test("is not there when its process has ended", async () => {
    writePid(await startAndEnd());
    expect(findServerPid(directory)).toBeUndefined();
  });

  test.each(["", "x", "0", "-1"])("is not found by a pid file that begins with %j", (text) => {
    writePid(text);
    expect(findServerPid(directory)).toBeUndefined();
  });

  test("is asked to stop, and waited for", async () => {
    const pid = await startProcess(directory.cluster);
    writePid(pid);
    await stopServer(directory, 20_000);
    expect(findServerPid(directory)).toBeUndefined();
  });

  test("that does not run needs no stopping", async () => {
    await stopServer(directory, 0);
    expect(findServerPid(directory)).toBeUndefined();
  });
});

test("a process is alive until it has ended", async () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(await startProcess("x"))).toBe(true);
  expect(isAlive(await startAndEnd())).toBe(false);
});

describe("starting", () => {
  /** Starts a program of these shell lines as the server, and waits until it has ended. */
  async function run(script: string) {
    const program = join(directory.root, "server.sh");
    writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    const started = startServer(
      directory,
      { initdb: "none", postgres: program },
      { prefix: ["/bin/sh"], ids: undefined },
    );
    await vi.waitFor(() => expect(started.hasExited()).toBe(true), 20_000);
    return started.failure();
  }
  const log = () => readFileSync(directory.logFile, "utf8");

  test("spells durability and the way in out", async () => {
    await run('for argument in "$@"; do echo "$argument"; done');
    const lines = log().split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "fsync=on",
        "full_page_writes=on",
        "synchronous_commit=on",
        "listen_addresses=",
      ]),
    );
    expect(lines).toContain(`unix_socket_directories=${directory.root}`);
    expect(lines[lines.indexOf("-D") + 1]).toBe(directory.cluster);
  });

  test("listens on loopback alone where there are no sockets", async () => {
    directory = { ...directory, endpoint: { port: 5_678, password: "hunter2" } };
    await run('echo "$@"');
    expect(log()).toContain("listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=5678");
    expect(log()).not.toContain("hunter2");
  });

  test("tells what the server wrote since, when it failed", async () => {
    writeFileSync(directory.logFile, "2026-01-31 12:00:00 UTC [7] FATAL:  yesterday's\n");
    const error = await run('echo "2026-01-31 12:00:01 UTC [8] FATAL:  lock file exists" >&2; exit 1');
    expect(error.code).toBe("embedded_unavailable");
    expect(error.message).toContain("did not start: lock file exists");
    expect(error.message).toContain(directory.logFile);
    expect(error.message).not.toContain("yesterday's");
  });

  test("empties a log that has grown too large", async () => {
    for (const [size, kept] of [
      [10_000_000, true],
      [10_000_001, false],
    ] as const) {
      writeFileSync(directory.logFile, "");
      truncateSync(directory.logFile, size);
      await run("echo started");
      expect(log().length > size).toBe(kept);
      expect(log().endsWith("started\n")).toBe(true);
    }
  });

  test("fails in words when the program is missing", async () => {
    const account = { prefix: [], ids: undefined };
    const started = startServer(directory, { initdb: "none", postgres: "/not/there" }, account);
    await vi.waitFor(() => expect(started.hasExited()).toBe(true), 20_000);
    expect(started.failure().code).toBe("embedded_unavailable");
  });
});

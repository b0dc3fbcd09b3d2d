// The server process: starting it, telling whether it runs, stopping it.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { AppError } from "../../contract/errors.ts";
import { type Account, giveTo } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import type { DataDirectory } from "./data-directory.ts";

const MAX_LOG_BYTES = 10_000_000;

/** Durability stays at PostgreSQL's own defaults, and is spelt out so that no environment can lower it. */
const SETTINGS = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  max_connections: "120",
  shared_buffers: `${sharedBuffersMb()}MB`,
  max_wal_size: "4GB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
  unix_socket_permissions: "0700",
  // A client that died in the middle of a long statement is noticed, and its work undone.
  client_connection_check_interval: "5s",
};

/**
 * An eighth of the memory, 128 MB at least and 2 GB at most: narrow rows and indexes of a million traces take 1.3 GB, and
 * a page that is not among the buffers takes five times as long. Only what is used is taken.
 */
function sharedBuffersMb(): number {
  // 0, or more than there is, where a container sets no limit.
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.round(Math.min(2_048, Math.max(128, memory / 8 / 1_048_576)));
}

/** Process id of the server on this directory, alive or starting or stopping; undefined when there is none. */
export function findServerPid(directory: DataDirectory): number | undefined {
  const pid = readPidFile(directory);
  return pid !== undefined && isAlive(pid) && isServerOf(directory, pid) ? pid : undefined;
}

function readPidFile(directory: DataDirectory): number | undefined {
  const pidFile = join(directory.cluster, "postmaster.pid");
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8").split("\n")[0]) : 0;
  return pid > 0 ? pid : undefined;
}

/** After a crash the number in a left-over file may be a zombie's, or another program's by now. */
function isServerOf(directory: DataDirectory, pid: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(directory.cluster);
  } catch {
    return false;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export interface StartedServer {
  hasExited(): boolean;
  failure(): AppError;
}

/** Starts a server that outlives this process, in a process group of its own. */
export function startServer(directory: DataDirectory, binaries: Binaries, account: Account): StartedServer {
  const { endpoint } = directory;
  const where =
    "socketDir" in endpoint
      ? { listen_addresses: "", unix_socket_directories: endpoint.socketDir, port: "5432" }
      : { listen_addresses: "127.0.0.1", unix_socket_directories: "", port: String(endpoint.port) };
  const settings = Object.entries({ ...SETTINGS, ...where }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const [command, ...args] = [...account.prefix, binaries.postgres, "-D", directory.cluster, ...settings] as [
    string,
    ...string[],
  ];
  if (existsSync(directory.logFile) && statSync(directory.logFile).size > MAX_LOG_BYTES)
    truncateSync(directory.logFile);
  const log = openSync(directory.logFile, "a", 0o600);
  giveTo(account, directory.logFile);
  const logStart = statSync(directory.logFile).size;
  // Called only where no server runs. PostgreSQL takes a number in its lock files for a server's if any process
  // has it, save the one this variable names: so it starts, with all its own checks, where that one is no server.
  const env = { ...process.env, PG_GRANDPARENT_PID: String(readPidFile(directory) ?? "") };
  const child = spawn(command, args, {
    detached: true,
    cwd: "/",
    env,
    stdio: ["ignore", log, log],
    ...account.ids,
  });
  closeSync(log);
  let exited = false;
  child.on("error", () => (exited = true));
  child.on("exit", () => (exited = true));
  child.unref();
  return { hasExited: () => exited, failure: () => startFailure(directory, logStart) };
}

/** Why the server could not start, from what it wrote to its log since. */
function startFailure(directory: DataDirectory, logStart: number): AppError {
  const lines = readFileSync(directory.logFile).subarray(logStart).toString().trim().split("\n");
  const reasons = lines.map((line) => line.replace(/^.*?(LOG|ERROR|FATAL|PANIC|HINT):\s*/, ""));
  return new AppError(
    "embedded_unavailable",
    `The embedded PostgreSQL did not start: ${reasons.join("; ").slice(0, 600)} (its log is ${directory.logFile})`,
  );
}

/** Asks the server to end its sessions and stop; waits until it has, or `waitMs` are over. */
export async function stopServer(directory: DataDirectory, waitMs: number): Promise<void> {
  const pid = findServerPid(directory);
  if (pid === undefined) return;
  process.kill(pid, "SIGINT");
  const deadline = Date.now() + waitMs;
  while (findServerPid(directory) === pid && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// The server process: starting it, telling whether it runs, stopping it.
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
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
  shared_buffers: "256MB",
  max_wal_size: "4GB",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
  unix_socket_permissions: "0700",
  // A client that died in the middle of a long statement is noticed, and its work undone.
  client_connection_check_interval: "5s",
};

/** Process id of the server on this directory, alive or starting or stopping; undefined when there is none. */
export function findServerPid(directory: DataDirectory): number | undefined {
  const pidFile = join(directory.cluster, "postmaster.pid");
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  return pid > 0 && isAlive(pid) && isServerOf(directory, pid) ? pid : undefined;
}

/** After a crash of the machine the number in a left-over file may be another program's by now. */
function isServerOf(directory: DataDirectory, pid: number): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory.cluster);
  } catch {
    return false;
  }
}

/** A left-over file whose number another program has by now would keep PostgreSQL from starting. */
export function clearStalePidFile(directory: DataDirectory): void {
  const pidFile = join(directory.cluster, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  if (isAlive(pid) && !isServerOf(directory, pid)) rmSync(pidFile);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Starts a server that outlives this process, in a process group of its own; returns how it is getting on. */
export function startServer(
  directory: DataDirectory,
  binaries: Binaries,
  account: Account,
): { exited: () => boolean } {
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
  const child = spawn(command, args, {
    detached: true,
    cwd: "/",
    stdio: ["ignore", log, log],
    ...account.ids,
  });
  closeSync(log);
  let exited = false;
  child.on("error", () => (exited = true));
  child.on("exit", () => (exited = true));
  child.unref();
  return { exited: () => exited };
}

/** Why the server could not start, from the end of its log. */
export function startFailure(directory: DataDirectory): AppError {
  const log = existsSync(directory.logFile) ? readFileSync(directory.logFile, "utf8").trim().split("\n") : [];
  const reason = log.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? log.at(-1) ?? "it left no message";
  return new AppError(
    "embedded_unavailable",
    `The embedded PostgreSQL did not start: ${reason.replace(/^.*?(FATAL|PANIC):\s*/, "")} (see ${directory.logFile})`,
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

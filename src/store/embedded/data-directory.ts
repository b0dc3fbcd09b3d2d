// What lies in DATA_DIR, and whether a database may live there.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AppError } from "../../contract/errors.ts";
import { type Account, giveTo } from "./account.ts";
import { type Binaries, POSTGRES_MAJOR } from "./binaries.ts";

const ENDPOINT_FILE = "tunix-endpoint.json";

/** The database's user, and the only one. */
export const DATABASE_USER = "tunix";

/** Magic numbers of file systems (linux/magic.h and their own headers) on which a database loses data. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB (CIFS)"],
  [0xfe534d42, "SMB 2"],
  [0x0bd00bd0, "Lustre"],
  [0x00c36400, "CephFS"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0x5346414f, "AFS"],
]);
/** /proc and /sys, the kernel's own: nothing can be made there, and Node.js tries for ever. */
const KERNEL_FILE_SYSTEMS = new Set([0x9fa0, 0x62656572]);

export function networkFileSystemName(statfsType: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(statfsType >>> 0);
}

export interface DataDirectory {
  root: string;
  /** PostgreSQL's own directory. */
  cluster: string;
  logFile: string;
  /** Where the clients find the server: the directory of its socket, or a port on loopback. */
  endpoint: { socketDir: string } | { port: number; password: string };
}

export function clusterExists(root: string): boolean {
  return existsSync(join(root, "postgres", "PG_VERSION"));
}

/** Refuses a place that can't hold a database safely, or that holds one of another version. */
export async function checkDataDirectory(root: string): Promise<void> {
  const place = nearestExisting(root);
  if (!statSync(place).isDirectory())
    throw new AppError("store_location", `DATA_DIR cannot be ${root}: ${place} is not a directory`);
  const { type } = await statfs(place);
  if (KERNEL_FILE_SYSTEMS.has(type))
    throw new AppError("store_location", `DATA_DIR cannot be ${root}: nothing can be stored under ${place}`);
  const fileSystem = networkFileSystemName(type);
  if (fileSystem !== undefined) {
    throw new AppError(
      "store_location",
      `${root} lies on ${fileSystem}, a network file system, on which PostgreSQL can lose or corrupt data: set DATA_DIR to a directory on a local disk, or DATABASE_URL to a PostgreSQL server`,
    );
  }
  if (!clusterExists(root)) return;
  const version = readFileSync(join(root, "postgres", "PG_VERSION"), "utf8").trim();
  if (version !== String(POSTGRES_MAJOR)) {
    throw new AppError(
      "store_version",
      `${join(root, "postgres")} was made by PostgreSQL ${version}, and this program brings ${POSTGRES_MAJOR}: start a PostgreSQL ${version} server on it and set DATABASE_URL, or dump it there with pg_dump and restore the dump into a new DATA_DIR`,
    );
  }
}

/** Describes the directory, making it and its database where they don't exist. */
export async function prepareDataDirectory(
  root: string,
  binaries: Binaries,
  account: Account,
  useLoopback: boolean,
): Promise<DataDirectory> {
  await mkdir(root, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
    throw new AppError("store_location", `DATA_DIR cannot be ${root}: ${cause.message}`, { cause });
  });
  giveTo(account, root);
  const cluster = join(root, "postgres");
  if (!clusterExists(root)) await createCluster(root, cluster, binaries, account, useLoopback);
  return { root, cluster, logFile: join(root, "postgres.log"), endpoint: await findEndpoint(root, account) };
}

/** Initialised beside its place and moved there whole: a start that is cut off leaves nothing half made. */
async function createCluster(
  root: string,
  cluster: string,
  binaries: Binaries,
  account: Account,
  useLoopback: boolean,
): Promise<void> {
  const draft = await mkdtemp(join(root, "postgres.new-"));
  giveTo(account, draft);
  const password = randomBytes(24).toString("hex");
  const passwordFile = `${draft}.password`;
  const options = [
    ...["--pgdata", draft, "--username", DATABASE_USER, "--encoding", "UTF8", "--no-instructions"],
    // The same order of text on every machine and with every version of its libraries.
    ...["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
    ...(useLoopback
      ? ["--auth", "scram-sha-256", "--pwfile", passwordFile]
      : ["--auth-local", "trust", "--auth-host", "reject"]),
  ];
  try {
    if (useLoopback) {
      await writeFile(passwordFile, password, { mode: 0o600 });
      giveTo(account, passwordFile);
    }
    await run([...account.prefix, binaries.initdb, ...options], account);
    if (useLoopback) {
      // Within the draft: of two processes that start at once, the winner's password is the one that counts.
      const file = join(draft, ENDPOINT_FILE);
      await writeFile(file, JSON.stringify({ port: await freePort(), password }), { mode: 0o600 });
    }
    await rename(draft, cluster).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker: its database is as good.
      if (!clusterExists(root)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

async function run(commandLine: string[], account: Account): Promise<void> {
  const [command, ...args] = commandLine as [string, ...string[]];
  const child = spawn(command, args, { cwd: "/", stdio: ["ignore", "pipe", "pipe"], ...account.ids });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === 0) return;
  const hint =
    account.ids === undefined
      ? "check that DATA_DIR is writable and its disk is not full"
      : `user namespaces are not allowed here, so it ran as account ${account.ids.uid}, which must be able to reach both the program and DATA_DIR: set DATA_DIR elsewhere, run as an ordinary user, or set DATABASE_URL`;
  throw new AppError(
    "embedded_unavailable",
    `The database could not be created (${lastLine(output)}); ${hint}`,
  );
}

function lastLine(output: string): string {
  return (
    output
      .trim()
      .split("\n")
      .findLast((line) => line.includes("error") || line.includes("denied")) ?? output.trim().slice(-300)
  );
}

/** A socket's path holds at most 107 bytes, so a deep DATA_DIR gets its socket in the temporary directory. */
async function findEndpoint(root: string, account: Account): Promise<DataDirectory["endpoint"]> {
  if (existsSync(endpointFile(root))) return JSON.parse(await readFile(endpointFile(root), "utf8"));
  const socketDir = socketDirectory(root);
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  giveTo(account, socketDir);
  const found = await lstat(socketDir);
  const isOurs = found.isDirectory() && [process.getuid?.(), account.ids?.uid].includes(found.uid);
  if (!isOurs || (found.mode & 0o077) !== 0) {
    throw new AppError(
      "store_location",
      `${socketDir} must be a directory of your own that nobody else can enter`,
    );
  }
  return { socketDir };
}

export function socketDirectory(root: string): string {
  const inside = join(root, "run");
  if (Buffer.byteLength(join(inside, ".s.PGSQL.5432")) <= 107) return inside;
  return join(tmpdir(), `tunix-rt-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`);
}

function endpointFile(root: string): string {
  return join(root, "postgres", ENDPOINT_FILE);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

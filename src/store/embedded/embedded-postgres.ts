// The embedded server, shared by every process that works on one data directory. Whoever comes first starts
// it, whoever leaves last stops it. Who is there, PostgreSQL itself knows: each process holds one connection
// with a shared advisory lock, which ends with the process however that dies.
import pg from "pg";
import { AppError } from "../../contract/errors.ts";
import { type Account, findAccount } from "./account.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import {
  checkDataDirectory,
  clusterExists,
  DATABASE_USER,
  type DataDirectory,
  prepareDataDirectory,
} from "./data-directory.ts";
import { findServerPid, isAlive, type StartedServer, startServer, stopServer } from "./postmaster.ts";
import { clearServedAddress, findServedAddress, writeServedAddress } from "./served-address.ts";

const LOCKS = { presence: "20261123, 1", serving: "20261123, 2" };
const POLL_MS = 20;
const MAX_STARTS = 4;
const MAX_BACK_OFF_MS = 5_000;
/** A clean stop writes all changed pages; past this the server goes on stopping by itself. */
const STOP_WAIT_MS = 6_000;

export interface EmbeddedOptions {
  dataDir: string;
  /** False for commands that only read: they must not bring a store into being. */
  create: boolean;
  /** What this process is, as another process will be told: at most 63 bytes. */
  label: string;
  /** Use a port on loopback and a password, as on systems without Unix sockets. */
  useLoopback?: boolean;
  onEvent?: (
    event: "database_lost" | "database_restored" | "database_restart_failed",
    error?: unknown,
  ) => void;
}

export class EmbeddedPostgres {
  readonly #options: EmbeddedOptions;
  readonly #directory: DataDirectory;
  readonly #binaries: Binaries;
  readonly #account: Account;
  #presence: pg.Client | undefined;
  #isServing = false;
  #hasLeft = false;
  #recovery: Promise<void> | undefined;

  private constructor(
    options: EmbeddedOptions,
    directory: DataDirectory,
    binaries: Binaries,
    account: Account,
  ) {
    this.#options = options;
    this.#directory = directory;
    this.#binaries = binaries;
    this.#account = account;
  }

  /** Joins the running server or starts it; resolves when it answers. */
  static async join(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    if (!options.create && !clusterExists(options.dataDir)) {
      throw new AppError(
        "store_missing",
        `There is no store in ${options.dataDir} yet: "tunix-rt serve" or "tunix-rt import" makes one, DATA_DIR names another place`,
      );
    }
    await checkDataDirectory(options.dataDir);
    const binaries = findBinaries();
    const account = findAccount();
    const useLoopback = options.useLoopback ?? process.platform === "win32";
    const directory = await prepareDataDirectory(options.dataDir, binaries, account, useLoopback);
    const embedded = new EmbeddedPostgres(options, directory, binaries, account);
    await embedded.#enter();
    return embedded;
  }

  get connection(): pg.ClientConfig {
    const { endpoint } = this.#directory;
    const where =
      "socketDir" in endpoint
        ? { host: endpoint.socketDir, port: 5432 }
        : { host: "127.0.0.1", port: endpoint.port, password: endpoint.password };
    return { ...where, user: DATABASE_USER, database: "postgres" };
  }

  /** Makes this process the one that serves the directory, or throws `store_in_use` naming the one that does. */
  async claimServing(): Promise<void> {
    const client = this.#presence as pg.Client;
    // A killed predecessor's connection may take a moment to end.
    for (let attempt = 0; ; attempt++) {
      const { rows } = await client.query(`SELECT pg_try_advisory_lock(${LOCKS.serving}) AS locked`);
      if (rows[0].locked) break;
      const holder = await this.#findServingLabel(client);
      const holderPid = Number(/process (\d+)/.exec(holder)?.[1]);
      if (attempt === 100 || isAlive(holderPid)) {
        throw new AppError(
          "store_in_use",
          `${this.#options.dataDir} is being served already, by ${holder}: stop it first, or set DATA_DIR to another directory`,
        );
      }
      await sleep(POLL_MS);
    }
    // Taken again after a restart of the database, it is still this process that serves.
    if (!this.#isServing) await clearServedAddress(this.#options.dataDir);
    this.#isServing = true;
  }

  /** Lets other processes know where this one, which has claimed the serving, can be reached. */
  async announceServing(address: string): Promise<void> {
    await writeServedAddress(this.#options.dataDir, address);
  }

  /** Where the process that serves the directory can be reached; undefined before it has said so. */
  findServingAddress(): Promise<string | undefined> {
    return findServedAddress(this.#options.dataDir);
  }

  /** Leaves the server, and stops it when nobody else is there. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.#recovery;
    if (this.#isServing) await clearServedAddress(this.#options.dataDir).catch(() => {});
    const client = this.#presence as pg.Client;
    try {
      await client.query(`SELECT pg_advisory_unlock_shared(${LOCKS.presence})`);
      const { rows } = await client.query(`SELECT pg_try_advisory_lock(${LOCKS.presence}) AS is_last`);
      // The lock is kept while the server stops, so that who comes now waits for the next one.
      if (rows[0].is_last) await stopServer(this.#directory, STOP_WAIT_MS);
    } catch {
      // The connection is gone, and the presence with it.
    }
    await client.end().catch(() => {});
  }

  async #findServingLabel(client: pg.Client): Promise<string> {
    const { rows } = await client.query(
      `SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
       WHERE locktype = 'advisory' AND (classid, objid) = (${LOCKS.serving})`,
    );
    return rows[0]?.application_name ?? "a process that is just ending";
  }

  /**
   * Returns true once this process is present at a living server, which it starts if need be. A server that was
   * started while this process was leaving is still entered: only who is present can stop it.
   */
  async #enter(): Promise<boolean> {
    let started: StartedServer | undefined;
    for (let starts = 0; ; await sleep(POLL_MS)) {
      if (this.#hasLeft && started === undefined) return false;
      const client = await this.#tryConnect();
      if (client !== undefined) {
        await this.#becomePresent(client);
        return true;
      }
      const isRunning = findServerPid(this.#directory) !== undefined;
      if (isRunning || started?.hasExited() === false) continue;
      if (this.#hasLeft) return false;
      // What a killed server leaves behind may take a moment to go: its processes, its shared memory.
      if (started !== undefined && starts === MAX_STARTS) throw started.failure();
      if (started !== undefined) await sleep(100 * 2 ** starts);
      started = startServer(this.#directory, this.#binaries, this.#account);
      starts++;
    }
  }

  async #becomePresent(client: pg.Client): Promise<void> {
    this.#presence = client;
    try {
      if (this.#isServing) await this.claimServing();
    } catch (error) {
      await client.end();
      throw error;
    }
    client.on("end", () => {
      this.#recovery = this.#recover();
    });
  }

  /** Connects and takes the presence lock; undefined while there is no server, or it is starting or stopping. */
  async #tryConnect(): Promise<pg.Client | undefined> {
    const client = new pg.Client({
      ...this.connection,
      application_name: this.#options.label,
      keepAlive: true,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query(`SELECT pg_advisory_lock_shared(${LOCKS.presence})`);
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      const code = (error as { code?: string }).code ?? "";
      if (PASSING_FAILURES.has(code) || /terminated|ECONNRESET/.test(String(error))) return undefined;
      throw new AppError(
        "embedded_unavailable",
        `The embedded PostgreSQL refuses connections: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  async #recover(): Promise<void> {
    if (this.#hasLeft) return;
    this.#options.onEvent?.("database_lost");
    for (let backOffMs = 100; !this.#hasLeft; backOffMs = Math.min(2 * backOffMs, MAX_BACK_OFF_MS)) {
      try {
        if (await this.#enter()) this.#options.onEvent?.("database_restored");
        return;
      } catch (error) {
        this.#options.onEvent?.("database_restart_failed", error);
        await sleep(backOffMs);
      }
    }
  }
}

/** No socket, nobody listening, connection cut; 57P01–57P03: the server is stopping, crashed, or starting. */
const PASSING_FAILURES = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
]);

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

// A store in a temporary directory: its database, the program's server on it, and what measuring needs of both.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { runCommand, startServer } from "./program.mjs";

/** Held by whoever indexes: src/store/search/search-index.ts. */
const INDEXING_LOCK = 7_235_010;
const DEADLOCK_DETECTED = "40P01";

export class BenchStore {
  #embedded;
  #server;
  #profile;

  #isKept = false;

  /**
   * @param {string | undefined} profile directory for CPU profiles of the program
   * @param {string | undefined} kept directory that stays when the store is closed, and may be opened again
   */
  static async open(profile, kept) {
    // Loaded late: in a fresh clone it has only just been built.
    const { EmbeddedPostgres } = await import("../dist/store/embedded/embedded-postgres.js");
    const store = new BenchStore();
    store.#profile = profile;
    store.#isKept = kept !== undefined;
    store.dir = kept ?? (await mkdtemp(join(tmpdir(), "tunix-rt-bench-")));
    store.dataDir = join(store.dir, "data");
    try {
      // Present here, so that the database outlives the servers that are measured.
      store.#embedded = await EmbeddedPostgres.join({
        dataDir: store.dataDir,
        create: true,
        label: `benchmark, process ${process.pid}`,
      });
      store.connection = store.#embedded.connection;
      store.client = new pg.Client(store.connection);
      await store.client.connect();
      await runCommand(["migrate", "up"], store.dir, store.dataDir);
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  /** Starts the program's server for `work` and stops it afterwards. */
  async serving(work) {
    this.#server = await startServer(this.dir, this.dataDir, this.#profile);
    try {
      return await work(this.#server);
    } finally {
      const server = this.#server;
      this.#server = undefined;
      await server.stop();
    }
  }

  /** Runs the program's command; returns its output. */
  run(args) {
    return runCommand(args, this.dir, this.dataDir, this.#profile);
  }

  async query(text, values) {
    return (await this.client.query(text, values)).rows;
  }

  /** Resolves when nobody else's statement has run for a moment: requests that were cut off are worked off. */
  async untilQuiet() {
    for (let quiet = 0; quiet < 3; ) {
      const [{ busy }] = await this.query(
        "SELECT count(*)::int AS busy FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'",
      );
      quiet = busy === 0 ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Bytes of the tables of the full text search, with their indexes. */
  async searchBytes() {
    const [{ bytes }] = await this.query(
      "SELECT sum(pg_total_relation_size(oid))::float8 AS bytes FROM pg_class WHERE relkind = 'r' AND relname LIKE 'search\\_%'",
    );
    return bytes;
  }

  /** Serves while nobody indexes what was loaded: it takes half of the machine, and is measured by itself. */
  async servingAlone(work) {
    const blocker = new pg.Client(this.connection);
    await blocker.connect();
    await blocker.query(`SELECT pg_advisory_lock(${INDEXING_LOCK})`);
    try {
      return await this.serving(work);
    } finally {
      await blocker.end();
    }
  }

  /** Empties every table but the list of migrations, and has the disk at rest. */
  async empty() {
    const rows = await this.query(
      "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'",
    );
    const tables = rows.map(({ name }) => name).join(", ");
    // The search indexes what was stored; where it and this wait for each other, this is given up and tried again.
    for (let isDone = false; !isDone; ) {
      isDone = await this.query(`TRUNCATE ${tables}`).then(
        () => true,
        (error) => {
          if (error.code !== DEADLOCK_DETECTED) throw error;
          return false;
        },
      );
    }
    await this.query("CHECKPOINT");
  }

  /** Makes what was loaded ready to be read: statistics, visibility, nothing left to write. */
  async settle() {
    await this.query("VACUUM (ANALYZE)");
    await this.query("CHECKPOINT");
  }

  /** Throws unless there are from `least` to `most` traces, each with its payload. */
  async requireTraces(least, most = least) {
    await this.untilQuiet();
    const [{ traces, payloads }] = await this.query(
      "SELECT (SELECT count(*)::int FROM traces) AS traces, (SELECT count(*)::int FROM trace_payloads) AS payloads",
    );
    if (traces < least || traces > most || payloads !== traces)
      throw new Error(`There are ${traces} traces and ${payloads} payloads, not ${least} to ${most} of each`);
    return traces;
  }

  async close() {
    await this.#server?.stop().catch(() => {});
    await this.client?.end().catch(() => {});
    await this.#embedded?.leave();
    if (!this.#isKept) await rm(this.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

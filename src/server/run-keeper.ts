// What a server does for runs beside answering: it deletes what deleted runs have left, and makes runs that have
// changed ready to be read.
import type { FastifyBaseLogger } from "fastify";
import type pg from "pg";
import { reapRuns } from "../store/runs/delete-run.ts";
import { settleRuns } from "../store/runs/read-settled.ts";
import type { Metrics } from "./metrics.ts";

const INTERVAL_MS = 60_000;

export class RunKeeper {
  readonly #pool: pg.Pool;
  readonly #log: FastifyBaseLogger;
  readonly #metrics: Metrics;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(pool: pg.Pool, log: FastifyBaseLogger, metrics: Metrics) {
    this.#pool = pool;
    this.#log = log;
    this.#metrics = metrics;
  }

  /** Does at once what another process has left undone, and looks again every minute. */
  start(): void {
    this.#timer = setInterval(() => this.reap(), INTERVAL_MS);
    this.reap();
  }

  /** Deletes in the background what deleted runs have left. */
  reap(): void {
    this.#work = this.#work
      .then(() => this.#keep())
      .catch((err: unknown) => {
        this.#log.warn({ event: "run_keeping_failed", err }, "the work on runs is taken up again later");
      });
  }

  /** Resolves when the batch under way is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#work;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stop;
    await reapRuns(this.#pool, { signal, onReaped: (traces) => this.#metrics.tracesDeleted.inc(traces) });
    await settleRuns(this.#pool, signal);
  }
}

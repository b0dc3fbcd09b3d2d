// Scoring stored traces with a program: as many copies as are asked for, each trace judged by its id, what they say
// stored in chunks as it comes.
import type pg from "pg";
import type { TraceFilters } from "../contract/filters.ts";
import type { Database } from "../store/database.ts";
import { countUnscored, streamUnscored } from "../store/scores/unscored-traces.ts";
import { upsertScores } from "../store/scores/upsert-scores.ts";
import type { TraceScoreRow } from "../trace/trace-row.ts";
import { describeLine, type Verdict } from "./scorer-answer.ts";
import { ScorerLane } from "./scorer-lane.ts";
import type { ScorerProgram } from "./scorer-process.ts";
import { toScorerRecord } from "./scorer-record.ts";

export interface ScoringOptions {
  program: ScorerProgram;
  name: string;
  by: string;
  filters: TraceFilters;
  /** Also traces that have such a score already. */
  rescore: boolean;
  workers: number;
  maxInFlight: number;
  timeoutMs: number;
  signal: AbortSignal;
  /** Told of the first lines of the program that are no answers. */
  onStray(line: string): void;
}

/** What has become of the traces; all that is counted but `strays` is stored. */
export interface ScoringReport {
  ok: number;
  invalid: number;
  error: number;
  pending: number;
  /** Traces that were deleted meanwhile. */
  gone: number;
  /** Lines of the program that were about no record it had. */
  strays: number;
}

const CHUNK_SCORES = 500;
/** A score waits no longer than this for others to be stored with. */
const CHUNK_MS = 1_000;
const MAX_WAITING = 4 * CHUNK_SCORES;
const MAX_STRAYS_TOLD = 3;

/** Reports go on being right while it runs; the promise resolves when every trace has its score. */
export interface Scoring {
  report: ScoringReport;
  done: Promise<void>;
}

export function countTracesToScore(db: pg.Pool, options: ScoringOptions): Promise<number> {
  return countUnscored(db, toUnscored(options));
}

export function scoreTraces(database: Database, options: ScoringOptions): Scoring {
  const report = { ok: 0, invalid: 0, error: 0, pending: 0, gone: 0, strays: 0 };
  return { report, done: run(database, options, report) };
}

async function run(database: Database, options: ScoringOptions, report: ScoringReport): Promise<void> {
  const { program, maxInFlight, timeoutMs, signal } = options;
  const client = await database.connect();
  const traces = streamUnscored(client, toUnscored(options));
  const writer = new ScoreWriter(database.pool, options, report);
  const lanes = Array.from(
    { length: options.workers },
    () =>
      new ScorerLane({
        ...{ program, maxInFlight, timeoutMs },
        next: async () => {
          await writer.roomy();
          signal.throwIfAborted();
          const { value } = await traces.next();
          return value === undefined ? undefined : toScorerRecord(value, options.name, options.by);
        },
        hasAnswered: () => writer.hasAnswer,
        onVerdict: (id, verdict, isAnswer) => writer.add(id, verdict, isAnswer),
        onStray: (line) => {
          if (++report.strays <= MAX_STRAYS_TOLD) options.onStray(describeLine(line));
        },
      }),
  );
  const stop = () => {
    for (const lane of lanes) lane.stop();
  };
  signal.addEventListener("abort", stop);
  try {
    await Promise.all(lanes.map((lane) => lane.run()));
    await writer.finish();
  } catch (error) {
    stop();
    // What was answered is kept, whatever went wrong after it.
    await writer.flush().catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    await client.end();
  }
}

function toUnscored({ filters, rescore, name, by }: ScoringOptions) {
  return { filters, missing: rescore ? undefined : { name, by } };
}

class ScoreWriter {
  readonly #pool: pg.Pool;
  readonly #options: ScoringOptions;
  readonly #report: ScoringReport;
  /** Failures before the first answer: of a program that never works they are not stored. */
  #held: TraceScoreRow[] = [];
  /** Whether the program has said of any record what it is worth. */
  hasAnswer = false;
  #waiting: TraceScoreRow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stored: Promise<void> = Promise.resolve();
  #fault: unknown;

  constructor(pool: pg.Pool, options: ScoringOptions, report: ScoringReport) {
    this.#pool = pool;
    this.#options = options;
    this.#report = report;
  }

  add(traceId: string, verdict: Verdict, isAnswer: boolean): void {
    const { name, by } = this.#options;
    const score = { traceId, stepI: null, name, by, ...verdict, updatedAt: new Date() };
    if (!isAnswer && !this.hasAnswer) {
      this.#held.push(score);
      return;
    }
    this.hasAnswer = true;
    this.#waiting.push(...this.#held.splice(0), score);
    if (this.#waiting.length >= CHUNK_SCORES) this.#store();
    else this.#timer ??= setTimeout(() => this.#store(), CHUNK_MS);
  }

  /** Resolves when there is room for more; throws when storing has failed. */
  async roomy(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) await this.#stored;
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Stores what was answered so far. */
  async flush(): Promise<void> {
    this.#store();
    await this.#stored;
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** The program has got through: what it failed at counts, even where it never answered. */
  async finish(): Promise<void> {
    this.#waiting.push(...this.#held.splice(0));
    await this.flush();
  }

  #store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stored = this.#stored.then(async () => {
      const scores = this.#waiting.splice(0);
      if (scores.length === 0 || this.#fault !== undefined) return;
      try {
        const outcomes = await upsertScores(this.#pool, scores);
        for (const [index, { status }] of scores.entries())
          this.#report[outcomes[index] === "stored" ? (status as "ok") : "gone"]++;
      } catch (error) {
        this.#fault = error;
      }
    });
  }
}

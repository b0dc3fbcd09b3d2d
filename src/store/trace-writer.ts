// Group commit: traces that arrive while a commit is under way share the next one.
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import { toDatabaseError } from "./database-errors.ts";
import { type InsertResult, insertTraces } from "./insert-traces.ts";
import type { StoredRow } from "./stored-row.ts";

/** Two commits at once keep the disk busy while the next batch gathers; more only make batches smaller. */
const MAX_COMMITS = 2;
const MAX_BATCH_ROWS = 64;
/** A large trace goes alone: in binary, and without holding up the event loop for its neighbours. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** What may wait before further traces get a 503: far more than a second's work, far less than memory. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

interface Waiting {
  row: StoredRow;
  resolve(result: InsertResult): void;
  reject(error: unknown): void;
}

export class TraceWriter {
  readonly #db: pg.Pool;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #commits = 0;

  constructor(db: pg.Pool) {
    this.#db = db;
  }

  /** Stores a trace; resolves after the commit that holds it. A lone trace is sent at once. */
  write(row: StoredRow): Promise<InsertResult> {
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      const message = "More traces are waiting to be stored than this server holds; try again";
      return Promise.reject(new AppError("database_busy", message, { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      this.#waitingBytes += bytesOf(row);
      this.#commitNext();
    });
  }

  #commitNext(): void {
    if (this.#commits === MAX_COMMITS || this.#waiting.length === 0) return;
    const batch = this.#takeBatch();
    for (const { row } of batch) this.#waitingBytes -= bytesOf(row);
    this.#commits++;
    void this.#commit(batch).finally(() => {
      this.#commits--;
      this.#commitNext();
    });
  }

  /** The traces that have waited longest, up to one that is too many or whose id is among them. */
  #takeBatch(): Waiting[] {
    const ids = new Set<string>();
    let bytes = 0;
    const isFit = ({ row }: Waiting) => {
      bytes += bytesOf(row);
      const isRoomy = ids.size === 0 || (ids.size < MAX_BATCH_ROWS && bytes <= MAX_BATCH_BYTES);
      return isRoomy && ids.size < ids.add(row.id).size;
    };
    const end = this.#waiting.findIndex((one) => !isFit(one));
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #commit(batch: Waiting[]): Promise<void> {
    try {
      const results = await insertTraces(
        this.#db,
        batch.map(({ row }) => row),
      );
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as InsertResult);
    } catch (error) {
      // Where the database itself fails, all fail alike; else one row is at fault, and alone it is found.
      if (batch.length === 1 || toDatabaseError(error) !== undefined) {
        for (const { reject } of batch) reject(error);
      } else for (const one of batch) await this.#commit([one]);
    }
  }
}

/** What a waiting trace holds on to: its texts as well, at up to two bytes a character. */
function bytesOf(row: StoredRow): number {
  return 2 * (row.payload.length + (row.tokens?.text.length ?? 0)) + row.compressedPayload.length;
}

// Group commit: traces that arrive while a commit is under way share the next one.
import type pg from "pg";
import { AppError } from "../../contract/errors.ts";
import { isLockFault, toDatabaseError } from "../database-errors.ts";
import { createHastyPool } from "../hasty-pool.ts";
import { type InsertResult, insertTraces } from "./insert-traces.ts";
import type { StoredRow } from "./stored-row.ts";

/** Two commits at once keep the disk busy while the next batch gathers; more only make batches smaller. */
const MAX_COMMITS = 2;
const MAX_BATCH_ROWS = 64;
/** A large trace goes alone, without holding up the event loop for its neighbours. */
const MAX_BATCH_BYTES = 1024 * 1024;
/** What may wait before further traces get a 503: far more than a second's work, far less than memory. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

interface Waiting {
  row: StoredRow;
  resolve(result: InsertResult): void;
  reject(error: unknown): void;
}

/** Traces on their way to the database, with commits of their own. */
class Lane {
  readonly waiting: Waiting[] = [];
  commits = 0;
  /** Whether another transaction held an id that the last batch wanted: the next one will not wait for it as long. */
  isHeld = false;
}

export class TraceWriter {
  readonly #pool: pg.Pool;
  /** An id that was sent may be held by another transaction for long; one made here never is, and is not held up. */
  readonly #lanes = { sent: new Lane(), made: new Lane() };
  readonly #hasty: pg.Pool;
  #waitingBytes = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
    this.#hasty = createHastyPool(pool);
  }

  /** Stores a trace; resolves after the commit that holds it. A lone trace is sent at once. */
  write(row: StoredRow): Promise<InsertResult> {
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      const message = "More traces are waiting to be stored than this server holds; try again";
      return Promise.reject(new AppError("database_busy", message, { retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      const lane = row.isIdSent ? this.#lanes.sent : this.#lanes.made;
      lane.waiting.push({ row, resolve, reject });
      this.#waitingBytes += bytesOf(row);
      this.#commitNext(lane);
    });
  }

  #commitNext(lane: Lane): void {
    if (lane.commits === MAX_COMMITS || lane.waiting.length === 0) return;
    const batch = takeBatch(lane.waiting);
    for (const { row } of batch) this.#waitingBytes -= bytesOf(row);
    lane.commits++;
    void this.#commit(lane, batch).finally(() => {
      lane.commits--;
      this.#commitNext(lane);
    });
  }

  async #commit(lane: Lane, batch: Waiting[]): Promise<void> {
    try {
      const rows = batch.map(({ row }) => row);
      const results = await insertTraces(lane.isHeld ? this.#hasty : this.#pool, rows);
      lane.isHeld = false;
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as InsertResult);
    } catch (error) {
      const isHeld = isLockFault(error);
      lane.isHeld ||= isHeld;
      // Where the database itself fails, all fail alike; else one row is at fault, and alone it is found.
      const isCommon = toDatabaseError(error) !== undefined && !isHeld;
      if (batch.length === 1 || isCommon) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.#commitAlone(one);
    }
  }

  /** One of a batch that failed as a whole. All of them have waited by now, and wait no longer for an id that is held. */
  async #commitAlone({ row, resolve, reject }: Waiting): Promise<void> {
    try {
      const [result] = await insertTraces(this.#hasty, [row]);
      resolve(result as InsertResult);
    } catch (error) {
      reject(error);
    }
  }
}

/**
 * Takes the traces that have waited longest, up to one that is too many or whose id is among them. In the order of
 * their ids, so that two commits of the same ones don't wait for each other.
 */
function takeBatch(waiting: Waiting[]): Waiting[] {
  const ids = new Set<string>();
  let bytes = 0;
  const isFit = ({ row }: Waiting) => {
    bytes += bytesOf(row);
    const isRoomy = ids.size === 0 || (ids.size < MAX_BATCH_ROWS && bytes <= MAX_BATCH_BYTES);
    return isRoomy && ids.size < ids.add(row.id).size;
  };
  const end = waiting.findIndex((one) => !isFit(one));
  const batch = waiting.splice(0, end === -1 ? waiting.length : end);
  return batch.sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
}

function bytesOf({ compressedPayload, compressedTokens }: StoredRow): number {
  return compressedPayload.length + (compressedTokens?.length ?? 0);
}

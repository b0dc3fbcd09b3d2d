// Group reads: traces that are asked for while others are being read share the next statement.
import type { Queryable } from "./database.ts";
import { type FoundRow, type FoundTrace, selectTraces, toFoundTrace } from "./find-trace.ts";

/**
 * As many as go into one statement. Large traces may be among them, and come in one answer of the database. A full
 * batch is read beside the one before; fewer wait for it, since a statement for each costs twice as much a trace.
 */
const MAX_BATCH = 16;

interface Waiting {
  id: string;
  resolve(row: FoundRow | undefined): void;
  reject(error: unknown): void;
}

export class TraceReader {
  readonly #db: Queryable;
  #waiting: Waiting[] = [];
  #statements = 0;

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** The trace without its tokens; undefined when there is none with this id. One asked for alone is read at once. */
  async read(id: string): Promise<FoundTrace | undefined> {
    const row = await new Promise<FoundRow | undefined>((resolve, reject) => {
      this.#waiting.push({ id: id.toLowerCase(), resolve, reject });
      this.#readNext();
    });
    return row && toFoundTrace(row);
  }

  #readNext(): void {
    if (this.#waiting.length < (this.#statements === 0 ? 1 : MAX_BATCH)) return;
    const batch = this.#waiting.splice(0, MAX_BATCH);
    this.#statements++;
    void this.#readAll(batch).finally(() => {
      this.#statements--;
      this.#readNext();
    });
  }

  async #readAll(batch: Waiting[]): Promise<void> {
    try {
      const rows = await selectTraces(
        this.#db,
        batch.map(({ id }) => id),
      );
      const found = new Map(rows.map((row) => [row.id, row]));
      for (const { id, resolve } of batch) resolve(found.get(id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

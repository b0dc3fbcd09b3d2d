import type { Queryable } from "../database.ts";

/** A compressed payload of some 4 KB; and what PostgreSQL keeps in one piece of a longer one. */
export const BYTES_OF_A_PIECE = 2_000;

/**
 * How much comes in to be indexed, from whatever process, by PostgreSQL's own counters: about a second old. A trace counts as one, and
 * one more for each piece of a payload that is too long for its row.
 */
export class Arrivals {
  readonly #db: Queryable;
  #count: number | undefined;
  #at = 0;
  #perSecond = 0;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async perSecond(): Promise<number> {
    const now = performance.now();
    if (now - this.#at < 1_000) return this.#perSecond;
    const { rows } = await this.#db.query(`
      SELECT (pg_stat_get_tuples_inserted('search_pending'::regclass)
              + pg_stat_get_tuples_inserted(reltoastrelid))::float8 AS count
      FROM pg_class WHERE oid = 'trace_payloads'::regclass`);
    const { count } = rows[0] as { count: number };
    this.#perSecond = this.#count === undefined ? 0 : (1_000 * (count - this.#count)) / (now - this.#at);
    this.#count = count;
    this.#at = now;
    return this.#perSecond;
  }
}

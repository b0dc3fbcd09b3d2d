import type { Queryable } from "./database.ts";

/** How fast traces come in, from whatever process, by PostgreSQL's own counters: about a second old. */
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
    const { rows } = await this.#db.query(
      "SELECT pg_stat_get_tuples_inserted('search_pending'::regclass)::int8::float8 AS count",
    );
    const { count } = rows[0] as { count: number };
    this.#perSecond = this.#count === undefined ? 0 : (1_000 * (count - this.#count)) / (now - this.#at);
    this.#count = count;
    this.#at = now;
    return this.#perSecond;
  }
}

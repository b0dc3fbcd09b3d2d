// The runs of an import that is one transaction: each is looked up once, so that all its traces are in one place.
import type pg from "pg";
import type { Queryable } from "../database.ts";
import { ensureRuns } from "./runs.ts";

export class KeptRuns {
  readonly #pool: pg.Pool;
  readonly #ids = new Map<string, number>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** The number of each run; one that was renamed since it was first named is still the same. */
  async find(runs: readonly (string | null)[]): Promise<ReadonlyMap<string, number>> {
    const unknown = runs.filter((run) => run !== null && !this.#ids.has(run));
    if (unknown.length > 0)
      for (const [name, id] of await ensureRuns(this.#pool, unknown)) this.#ids.set(name, id);
    return this.#ids;
  }

  /** Keeps the runs from being deleted until the transaction ends; the names of those that already are. */
  async hold(client: Queryable): Promise<string[]> {
    const { rows } = await client.query<{ id: number }>(
      "SELECT id FROM runs WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR SHARE",
      [[...this.#ids.values()]],
    );
    const held = new Set(rows.map(({ id }) => id));
    return [...this.#ids].filter(([, id]) => !held.has(id)).map(([name]) => name);
  }
}

// Answers about the whole collection, given again for as long as nothing has been written.
import type { Queryable } from "./database.ts";

/** Of some ten kilobytes each. */
const MAX_ANSWERS = 300;

interface KeptAnswer {
  /** Of a moment before the answer was begun. */
  snapshot: string;
  answer: Promise<unknown>;
}

/**
 * PostgreSQL's snapshot names every transaction that has ended: while it is the same, so is all that anybody can read,
 * whichever process writes. So nothing has to tell when an answer no longer holds, and none is ever out of date. After a crash
 * the numbers of transactions may come back; its statistics then begin anew, and say when.
 */
export class KeptAnswers {
  readonly #db: Queryable;
  readonly #answers = new Map<string, KeptAnswer>();

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** @param question what the answer depends on, besides what is stored */
  async get<T>(question: object, compute: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question);
    const { rows } = await this.#db.query<{ snapshot: string }>(SELECT_SNAPSHOT);
    const snapshot = (rows[0] as { snapshot: string }).snapshot;
    const kept = this.#answers.get(key);
    if (kept?.snapshot === snapshot) return kept.answer as Promise<T>;
    const computed = { snapshot, answer: compute() };
    this.#keep(key, computed);
    computed.answer.catch(() => {
      if (this.#answers.get(key) === computed) this.#answers.delete(key);
    });
    return computed.answer;
  }

  #keep(key: string, answer: KeptAnswer): void {
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= MAX_ANSWERS) return;
      this.#answers.delete(oldest);
    }
  }
}

const SELECT_SNAPSHOT = {
  name: "current-snapshot",
  text: "SELECT concat_ws(' ', pg_current_snapshot(), (SELECT stats_reset FROM pg_stat_bgwriter)) AS snapshot",
};

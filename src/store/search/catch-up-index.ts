// For those who must not miss a trace: exports, deletions, and commands beside which no server runs.
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { AppError } from "../../contract/errors.ts";
import type { Queryable } from "../database.ts";
import { readIndexState, SearchIndexer } from "./search-index.ts";

const WAIT_MS = 10_000;
const POLL_MS = 50;

/** Resolves when all traces that were stored before are in the index; throws `index_behind` when that takes long. */
export async function waitForIndex(db: Queryable, waitMs = WAIT_MS): Promise<void> {
  const { rows } = await db.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
  const deadline = performance.now() + waitMs;
  while (await isPending(db, rows[0]?.now)) {
    if (performance.now() > deadline) {
      const { pending } = await readIndexState(db);
      const message = `The search index has still to take up ${pending} traces; try again when it has`;
      throw new AppError("index_behind", message, { retryAfterSeconds: 10 });
    }
    await sleep(POLL_MS);
  }
}

async function isPending(db: Queryable, noted: string | undefined): Promise<boolean> {
  const { rows } = await db.query({
    name: "is-pending",
    text: "SELECT EXISTS (SELECT FROM search_pending WHERE noted_at <= $1::timestamptz) AS yes",
    values: [noted],
  });
  return rows[0].yes;
}

export interface CatchUpOptions {
  connect(): Promise<pg.Client>;
  /** Told beforehand how many traces are still to be taken up. */
  onPending?(traces: number): void;
}

/** Takes up what is pending, however much it is; where another process is at that, waits for it. */
export async function catchUpIndex(db: Queryable, { connect, onPending }: CatchUpOptions): Promise<void> {
  const { pending } = await readIndexState(db);
  if (pending === 0) return;
  const clients: pg.Client[] = [];
  try {
    for (let count = 0; count < 2; count++) clients.push(await connect());
    const [reader, writer] = clients as [pg.Client, pg.Client];
    const indexer = await SearchIndexer.start(reader, writer);
    if (indexer === undefined) return await waitForIndex(db);
    onPending?.(pending);
    await indexer.tidy(await indexer.catchUp());
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

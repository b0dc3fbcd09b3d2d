import type pg from "pg";

export interface DeletionDatabase {
  pool: pg.Pool;
  /** A connection of its own, on which what is to go is listed while it is deleted over the pool. */
  connect(): Promise<pg.Client>;
}

/** Of one process at once: each has a connection beside the pool. Others wait for their turn. */
const MAX_LISTERS = 4;
let listers = 0;
const waiting: (() => void)[] = [];

/** Lists over a connection that waits for locks no longer than the pool's do, and is cut when the signal comes. */
export async function withLister<T>(
  database: DeletionDatabase,
  signal: AbortSignal,
  work: (lister: pg.Client) => Promise<T>,
): Promise<T> {
  await takeTurn(signal);
  try {
    return await listWith(await database.connect(), database.pool, signal, work);
  } finally {
    giveTurn();
  }
}

async function listWith<T>(
  lister: pg.Client,
  pool: pg.Pool,
  signal: AbortSignal,
  work: (lister: pg.Client) => Promise<T>,
): Promise<T> {
  const cut = () => void lister.end().catch(() => {});
  signal.addEventListener("abort", cut);
  try {
    signal.throwIfAborted();
    const { rows } = await pool.query<{ lock_timeout: string }>("SHOW lock_timeout");
    await lister.query("SELECT set_config('lock_timeout', $1, false)", [rows[0]?.lock_timeout]);
    return await work(lister);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", cut);
    await lister.end();
  }
}

async function takeTurn(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (listers < MAX_LISTERS) {
    listers++;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const turn = () => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    const leave = () => {
      waiting.splice(waiting.indexOf(turn), 1);
      reject(signal.reason);
    };
    waiting.push(turn);
    signal.addEventListener("abort", leave, { once: true });
  });
}

/** Whoever waits next takes it over. */
function giveTurn(): void {
  const next = waiting.shift();
  if (next === undefined) listers--;
  else next();
}

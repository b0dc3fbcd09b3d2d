import type pg from "pg";

export interface DeletionDatabase {
  pool: pg.Pool;
  /** A connection of its own, on which what is to go is listed while it is deleted over the pool. */
  connect(): Promise<pg.Client>;
}

/** Lists over a connection that waits for locks no longer than the pool's do, and is cut when the signal comes. */
export async function withLister<T>(
  database: DeletionDatabase,
  signal: AbortSignal,
  work: (lister: pg.Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const lister = await database.connect();
  const cut = () => void lister.end().catch(() => {});
  signal.addEventListener("abort", cut);
  try {
    signal.throwIfAborted();
    const { rows } = await database.pool.query<{ lock_timeout: string }>("SHOW lock_timeout");
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

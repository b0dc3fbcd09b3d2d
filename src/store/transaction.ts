import type pg from "pg";
import { DEADLOCK_DETECTED, retryAfter } from "./sql-states.ts";

/** Runs `work` in a transaction; again where it and another one wait for each other, and this one is given up. */
export function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return retryAfter([DEADLOCK_DETECTED], () => attemptTransaction(pool, work));
}

async function attemptTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A connection that cannot even roll back is not given to the next one.
    await client.query("ROLLBACK").catch((fault: Error) => {
      broken = fault;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

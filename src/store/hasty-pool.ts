import pg from "pg";

/** Long enough for whoever commits now. */
const LOCK_TIMEOUT_MS = 50;

/** One connection to the same database, which waits for what others hold only for a moment. */
export function createHastyPool({ options }: pg.Pool): pg.Pool {
  const pool = new pg.Pool({
    ...options,
    max: 1,
    allowExitOnIdle: true,
    onConnect: (client) => client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`),
  });
  pool.on("error", () => {});
  return pool;
}

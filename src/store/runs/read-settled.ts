// Reading figures of runs: all from one snapshot, and never from columns that a change has made wrong.
import type pg from "pg";
import sql from "sql-template-tag";
import { AppError } from "../../contract/errors.ts";
import { retryAfter, SERIALIZATION_FAILURE } from "../sql-states.ts";
import { buildMissing, isOutOfDate, settleChanges } from "./step-rollouts.ts";

/** Of PostgreSQL's advisory locks (two numbers), those for bringing a run up to date. */
const LOCK_CLASS = 0x72756e73;

/** One at a time in this process: whoever waits for another's work holds no connection meanwhile. */
let lastWork: Promise<unknown> = Promise.resolve();

/**
 * Calls `read` in a transaction that sees one moment, with these runs' columns for the score made for that moment.
 * @param findRunIds looks the runs up in that transaction; may throw
 */
export async function readSettled<T>(
  pool: pg.Pool,
  score: string,
  findRunIds: (client: pg.ClientBase) => Promise<number[]>,
  read: (client: pg.ClientBase, runIds: number[]) => Promise<T>,
): Promise<T> {
  const found = await withClient(pool, (client) =>
    inSnapshot(client, async () => {
      const runIds = await findRunIds(client);
      if (await isOutOfDate(client, runIds, score)) return { runIds };
      return { runIds, answer: await read(client, runIds) };
    }),
  );
  if ("answer" in found) return found.answer;
  const work = lastWork.then(() =>
    withClient(pool, (client) =>
      withRunLocks(client, found.runIds, async () => {
        // Meanwhile they may have been hidden or deleted.
        const runIds = await findRunIds(client);
        for (const runId of new Set(runIds)) {
          await settleChanges(client, runId);
          await buildMissing(client, runId, score);
        }
        return read(client, runIds);
      }),
    ),
  );
  lastWork = work.catch(() => {});
  return work;
}

/** Notes of changes beyond which they are added up although more are coming. */
const MANY_CHANGES = 1_000;
/** A run in which nothing has changed for so long is made ready to be read. */
const QUIET_S = 5;

/** Does ahead of time what the next reader of a run's figures would have to wait for. */
export async function settleRuns(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  const { rows } = await pool.query<{ id: number; isQuiet: boolean }>(sql`
    SELECT run_id AS id, max(changed_at) < now() - ${QUIET_S} * interval '1 second' AS "isQuiet"
    FROM run_changes JOIN runs ON runs.id = run_id AND deleted_at IS NULL
    GROUP BY run_id
    HAVING count(*) > ${MANY_CHANGES} OR max(changed_at) < now() - ${QUIET_S} * interval '1 second'`);
  for (const { id, isQuiet } of rows) {
    if (signal.aborted) return;
    if (isQuiet)
      await readSettled(
        pool,
        "reward",
        async () => [id],
        async () => {},
      );
    else await withClient(pool, (client) => withRunLocks(client, [id], () => settleChanges(client, id)));
  }
}

/** The locks are taken before the snapshot, so that it holds what whoever had them before has written. */
async function withRunLocks<T>(
  client: pg.PoolClient,
  runIds: readonly number[],
  work: () => Promise<T>,
): Promise<T> {
  const inOrder = [...new Set(runIds)].sort((a, b) => a - b);
  for (const runId of inOrder) await client.query("SELECT pg_advisory_lock($1, $2)", [LOCK_CLASS, runId]);
  const result = await retryAfter(
    [SERIALIZATION_FAILURE],
    () => inSnapshot(client, work),
    () => client.query("ROLLBACK"),
  );
  await client.query("SELECT pg_advisory_unlock_all()");
  return result;
}

/** Lends a connection to `work`; one that a fault has left in the middle of something is not used again. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    client.release(!(error instanceof AppError && (await isCleared(client))));
    throw error;
  }
}

/** What the program itself refuses leaves the connection in order, once its transaction and locks are gone. */
function isCleared(client: pg.PoolClient): Promise<boolean> {
  return client.query("ROLLBACK; SELECT pg_advisory_unlock_all()").then(
    () => true,
    () => false,
  );
}

async function inSnapshot<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  const result = await work();
  await client.query("COMMIT");
  return result;
}

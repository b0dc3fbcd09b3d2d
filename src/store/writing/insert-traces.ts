// Storing traces by one statement, and so in one transaction, however many they are.
import type pg from "pg";
import sql from "sql-template-tag";
import type { Queryable } from "../database.ts";
import { deleteLeftovers } from "../delete-trace.ts";
import { ensureRuns } from "../runs/runs.ts";
import { addMissingScores } from "../scores/scores.ts";
import { FOREIGN_KEY_VIOLATION, retryAfter } from "../sql-states.ts";
import { inTransaction } from "../transaction.ts";
import { insertStatement } from "./insert-statement.ts";
import type { StoredRow } from "./stored-row.ts";

export interface InsertResult {
  /** `duplicate`: this very trace is there already. `id_taken`: another one has the id. */
  outcome: "created" | "duplicate" | "id_taken";
  id: string;
  createdAt: Date;
  traceVersion: string;
}

/** Stores traces with distinct ids; returns what became of each, in their order, after the commit. */
export async function insertTraces(db: pg.Pool, rows: readonly StoredRow[]): Promise<InsertResult[]> {
  const runIds = await ensureRuns(
    db,
    rows.map(({ run }) => run),
  );
  const results = new Map<string, InsertResult>();
  const isRepeated = ({ id, scores }: StoredRow) =>
    scores.length > 0 && results.get(id)?.outcome === "duplicate";
  return retryAfter(
    [FOREIGN_KEY_VIOLATION],
    async () => {
      await insertMissing(db, rows, runIds, results);
      const repeated = rows.filter(isRepeated);
      if (repeated.length > 0) await inTransaction(db, (client) => addMissingScores(client, repeated));
      return rows.map(({ id }) => results.get(id) as InsertResult);
    },
    // One of them was deleted after it was found: it is inserted in the next round.
    () => {
      for (const row of rows) if (isRepeated(row)) results.delete(row.id);
    },
  );
}

/** Inserts the traces that have no result yet, and gives them one. */
async function insertMissing(
  db: pg.Pool,
  rows: readonly StoredRow[],
  runIds: ReadonlyMap<string, number>,
  results: Map<string, InsertResult>,
): Promise<void> {
  const isMissing = ({ id }: StoredRow) => !results.has(id);
  for (let left = rows.filter(isMissing); left.length > 0; left = left.filter(isMissing)) {
    const created = await db.query<{ id: string }>(insertStatement(left, runIds));
    const createdIds = new Set(created.rows.map(({ id }) => id));
    for (const row of left) if (createdIds.has(row.id)) results.set(row.id, toCreated(row));
    const repeated = left.filter(({ id }) => !createdIds.has(id));
    // One that was deleted since the statement met it is not there: it is inserted in the next round.
    const existing = repeated.length > 0 ? await findExisting(db, repeated) : [];
    const hashes = new Map(repeated.map(({ id, contentHash }) => [id, contentHash]));
    for (const { contentHash, ...found } of existing) {
      const isSame = hashes.get(found.id)?.equals(contentHash) === true;
      results.set(found.id, { outcome: isSame ? "duplicate" : "id_taken", ...found });
    }
  }
}

interface ExistingTrace {
  id: string;
  createdAt: Date;
  traceVersion: string;
  contentHash: Buffer;
}

async function findExisting(db: Queryable, rows: readonly StoredRow[]): Promise<ExistingTrace[]> {
  const ids = rows.map((row) => row.id);
  await deleteLeftovers(db, ids);
  const result = await db.query<ExistingTrace>(
    sql`SELECT id, created_at AS "createdAt", trace_version AS "traceVersion", content_hash AS "contentHash"
        FROM traces WHERE id = ANY(${ids}::uuid[])`,
  );
  return result.rows;
}

function toCreated({ id, createdAt, traceVersion }: StoredRow): InsertResult {
  return { outcome: "created", id, createdAt, traceVersion };
}

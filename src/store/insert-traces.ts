// Storing traces by one statement, and so in one transaction, however many they are.
import type pg from "pg";
import sql, { join, raw, type Sql } from "sql-template-tag";
import type { Queryable } from "./database.ts";
import { deleteLeftovers } from "./delete-trace.ts";
import { noteRunChanges } from "./run-changes.ts";
import { ensureRuns } from "./runs.ts";
import { addMissingScores, insertScoresOfNewTraces } from "./scores.ts";
import type { StoredRow } from "./stored-row.ts";
import { type Column, payloadColumns, tokenColumns, traceColumns } from "./trace-columns.ts";
import { inTransaction } from "./transaction.ts";

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
  for (let left = rows; left.length > 0; left = left.filter(({ id }) => !results.has(id))) {
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
  const repeated = rows.filter(
    ({ id, scores }) => scores.length > 0 && results.get(id)?.outcome === "duplicate",
  );
  if (repeated.length > 0) await inTransaction(db, (client) => addMissingScores(client, repeated));
  return rows.map(({ id }) => results.get(id) as InsertResult);
}

/** Its text depends on little, so that few plans serve all: a name has PostgreSQL keep each. */
function insertStatement(rows: readonly StoredRow[], runIds: ReadonlyMap<string, number>) {
  const columns = traceColumns((run) => runIds.get(run));
  const parts = [
    sql`new_traces AS (
      INSERT INTO traces (${names(columns)}) ${selectSent(columns, rows)}
      ON CONFLICT (id) DO NOTHING RETURNING id, run_id, split, train_step
    )`,
    insertBesides("trace_payloads", payloadColumns, rows),
    sql`new_pending AS (INSERT INTO search_pending (trace_id) SELECT id FROM new_traces)`,
  ];
  const hasRuns = rows.some(({ run }) => run !== null);
  if (hasRuns) parts.push(sql`new_changes AS (${noteRunChanges(sql`new_traces`, "added")})`);
  const withTokens = rows.filter((row) => row.tokens !== null);
  if (withTokens.length > 0) parts.push(insertBesides("trace_tokens", tokenColumns, withTokens));
  const hasScores = rows.some((row) => row.scores.length > 0);
  if (hasScores) parts.push(insertScoresOfNewTraces(rows));
  const { text, values } = sql`WITH ${join(parts)} SELECT id FROM new_traces`;
  const shape = [rows.length, withTokens.length].map((count) => Math.min(count, 2));
  return { name: `insert-traces-${shape.join("-")}-${hasRuns}-${hasScores}`, text, values };
}

/** Part of a WITH: rows of a table beside `traces`, for those traces alone that are new. */
function insertBesides(table: string, columns: Column<StoredRow>[], rows: readonly StoredRow[]): Sql {
  return sql`new_${raw(table)} AS (
    INSERT INTO ${raw(table)} (${names(columns)})
    SELECT sent.* FROM (${selectSent(columns, rows)}) AS sent JOIN new_traces ON new_traces.id = trace_id
  )`;
}

/** One row as it is, its bytes in binary; more as an array for each column, so that any number is one statement. */
function selectSent(columns: Column<StoredRow>[], rows: readonly StoredRow[]): Sql {
  const [row] = rows;
  if (row !== undefined && rows.length === 1) {
    return sql`SELECT ${join(columns.map(({ name, type, value }) => sql`${value(row)}::${raw(`${type} AS ${name}`)}`))}`;
  }
  const arrays = columns.map(({ type, value }) => {
    if (type !== "text[]") return sql`${rows.map(value)}::${raw(type)}[]`;
    // An array of arrays would have to be a rectangle.
    return sql`${rows.map((each) => arrayLiteral(value(each) as string[]))}::text[]`;
  });
  const casts = columns.map(({ name, type }) => raw(`${name}::${type}`));
  return sql`SELECT ${join(casts)} FROM unnest(${join(arrays)}) AS sent (${names(columns)})`;
}

function arrayLiteral(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/[\\"]/g, "\\$&")}"`).join(",")}}`;
}

function names(columns: Column<StoredRow>[]): Sql {
  return raw(columns.map(({ name }) => name).join(", "));
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

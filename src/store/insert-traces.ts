// Storing traces one statement at a time: any number in one, so in one transaction.
import sql, { join, raw, type Sql } from "sql-template-tag";
import type { Queryable } from "./database.ts";
import { ensureRuns } from "./runs.ts";
import { addMissingScores, insertScoresOfNewTraces } from "./scores.ts";
import type { StoredRow } from "./stored-row.ts";
import { type Column, payloadColumns, tokenColumns, traceColumns } from "./trace-columns.ts";

export interface InsertResult {
  /** `duplicate`: this very trace is there already. `id_taken`: another one has the id. */
  outcome: "created" | "duplicate" | "id_taken";
  id: string;
  createdAt: Date;
  traceVersion: string;
}

/** Stores the traces; returns what became of each, in their order, after the commit. */
export async function insertTraces(db: Queryable, rows: readonly StoredRow[]): Promise<InsertResult[]> {
  const runIds = await ensureRuns(
    db,
    rows.map(({ run }) => run),
  );
  const created = new Set(
    (await db.query(insertStatement(rows, runIds))).rows.map((row) => row.id as string),
  );
  // Of two equal ids in one batch the first is the one that was created.
  const isNew = rows.map((row) => created.delete(row.id));
  const repeated = rows.filter((_, index) => !isNew[index]);
  if (repeated.length === 0) return rows.map((row) => toResult(row, undefined));

  const existing = await findExisting(db, repeated);
  const results = rows.map((row, index) => toResult(row, isNew[index] ? undefined : existing.get(row.id)));
  await addMissingScores(
    db,
    rows.filter((_, index) => results[index]?.outcome === "duplicate"),
  );
  return results;
}

function insertStatement(rows: readonly StoredRow[], runIds: ReadonlyMap<string, number>): Sql {
  const columns = traceColumns((run) => runIds.get(run));
  const parts = [
    sql`new_traces AS (
      INSERT INTO traces (${names(columns)}) VALUES ${values(columns, rows)}
      ON CONFLICT (id) DO NOTHING RETURNING id
    )`,
    insertBesides("trace_payloads", payloadColumns, rows),
  ];
  const withTokens = rows.filter((row) => row.tokens !== null);
  if (withTokens.length > 0) parts.push(insertBesides("trace_tokens", tokenColumns, withTokens));
  if (rows.some((row) => row.scores.length > 0)) parts.push(insertScoresOfNewTraces(rows));
  return sql`WITH ${join(parts)} SELECT id FROM new_traces`;
}

/** Part of a WITH: rows of a table beside `traces`, for those traces alone that are new. */
function insertBesides(table: string, columns: Column<StoredRow>[], rows: readonly StoredRow[]): Sql {
  return sql`new_${raw(table)} AS (
    INSERT INTO ${raw(table)} (${names(columns)})
    SELECT DISTINCT ON (trace_id) sent.* FROM (VALUES ${values(columns, rows)}) AS sent (${names(columns)})
    JOIN new_traces ON new_traces.id = sent.trace_id
  )`;
}

function names(columns: Column<StoredRow>[]): Sql {
  return raw(columns.map(({ name }) => name).join(", "));
}

function values(columns: Column<StoredRow>[], rows: readonly StoredRow[]): Sql {
  return join(
    rows.map((row) => sql`(${join(columns.map(({ type, value }) => sql`${value(row)}::${raw(type)}`))})`),
  );
}

interface ExistingTrace {
  id: string;
  created_at: Date;
  trace_version: string;
  content_hash: Buffer;
}

async function findExisting(db: Queryable, rows: readonly StoredRow[]): Promise<Map<string, ExistingTrace>> {
  const ids = rows.map((row) => row.id);
  const result = await db.query<ExistingTrace>(
    sql`SELECT id, created_at, trace_version, content_hash FROM traces WHERE id = ANY(${ids}::uuid[])`,
  );
  return new Map(result.rows.map((row) => [row.id, row]));
}

function toResult(row: StoredRow, existing: ExistingTrace | undefined): InsertResult {
  if (existing === undefined) {
    const { id, createdAt, traceVersion } = row;
    return { outcome: "created", id, createdAt, traceVersion };
  }
  return {
    outcome: existing.content_hash.equals(row.contentHash) ? "duplicate" : "id_taken",
    id: existing.id,
    createdAt: existing.created_at,
    traceVersion: existing.trace_version,
  };
}

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

/** Stores traces with distinct ids; returns what became of each, in their order, after the commit. */
export async function insertTraces(db: Queryable, rows: readonly StoredRow[]): Promise<InsertResult[]> {
  const runIds = await ensureRuns(
    db,
    rows.map(({ run }) => run),
  );
  const created = await db.query<{ id: string }>(insertStatement(rows, runIds));
  if (created.rowCount === rows.length) return rows.map((row) => toResult(row, undefined));

  const createdIds = new Set(created.rows.map(({ id }) => id));
  const repeated = rows.filter(({ id }) => !createdIds.has(id));
  const existing = await findExisting(db, repeated);
  const results = rows.map((row) => toResult(row, createdIds.has(row.id) ? undefined : existing.get(row.id)));
  await addMissingScores(
    db,
    rows.filter((_, index) => results[index]?.outcome === "duplicate"),
  );
  return results;
}

/** Its text depends on little, so that few plans serve all: a name has PostgreSQL keep each. */
function insertStatement(rows: readonly StoredRow[], runIds: ReadonlyMap<string, number>) {
  const columns = traceColumns((run) => runIds.get(run));
  const parts = [
    sql`new_traces AS (
      INSERT INTO traces (${names(columns)}) ${selectSent(columns, rows)}
      ON CONFLICT (id) DO NOTHING RETURNING id
    )`,
    insertBesides("trace_payloads", payloadColumns, rows),
  ];
  const withTokens = rows.filter((row) => row.tokens !== null);
  if (withTokens.length > 0) parts.push(insertBesides("trace_tokens", tokenColumns, withTokens));
  const hasScores = rows.some((row) => row.scores.length > 0);
  if (hasScores) parts.push(insertScoresOfNewTraces(rows));
  const { text, values } = sql`WITH ${join(parts)} SELECT id FROM new_traces`;
  const shape = [rows.length, withTokens.length].map((count) => Math.min(count, 2));
  return { name: `insert-traces-${shape.join("-")}-${hasScores}`, text, values };
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

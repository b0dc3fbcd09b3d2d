// Storing traces: any number in one statement, so in one transaction.
import sql, { join, raw, type Sql } from "sql-template-tag";
import type { TraceRow } from "../trace/trace-row.ts";
import type { Queryable } from "./database.ts";
import { deflateText } from "./deflate.ts";
import { ensureRuns } from "./runs.ts";
import { addMissingScores, insertScoresOfNewTraces } from "./scores.ts";
import { type StoredRow, traceColumns } from "./trace-columns.ts";

export interface InsertResult {
  /** `duplicate`: this very trace is there already. `id_taken`: another one has the id. */
  outcome: "created" | "duplicate" | "id_taken";
  id: string;
  createdAt: Date;
  traceVersion: string;
}

interface ExistingTrace {
  id: string;
  created_at: Date;
  trace_version: string;
  content_hash: Buffer;
}

/** Stores the traces; returns what became of each, in their order, after the commit. */
export async function insertTraces(db: Queryable, traces: readonly TraceRow[]): Promise<InsertResult[]> {
  const rows = await toStoredRows(db, traces);
  const created = new Set((await db.query(insertStatement(rows))).rows.map((row) => row.id as string));
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

async function toStoredRows(db: Queryable, traces: readonly TraceRow[]): Promise<StoredRow[]> {
  const runIds = await ensureRuns(db, new Set(traces.flatMap((trace) => trace.run ?? [])));
  return Promise.all(
    traces.map(async (trace) => ({
      ...trace,
      runId: trace.run === null ? null : (runIds.get(trace.run) ?? null),
      deflatedPayload: await deflateText(trace.payload),
      deflatedTokens: trace.tokens === null ? null : await deflateText(trace.tokens.text),
    })),
  );
}

function insertStatement(rows: readonly StoredRow[]): Sql {
  const names = raw(traceColumns.map(([name]) => name).join(", "));
  const payloads = join(
    rows.map((row) => sql`(${row.id}::uuid, ${row.deflatedPayload}::bytea, ${row.meta}::jsonb)`),
  );
  const tokens = rows.filter((row) => row.tokens !== null);
  const parts = [
    sql`new_traces AS (
      INSERT INTO traces (${names}) VALUES ${join(rows.map(traceValues))}
      ON CONFLICT (id) DO NOTHING RETURNING id
    )`,
    sql`new_payloads AS (
      INSERT INTO trace_payloads (trace_id, payload, meta)
      SELECT DISTINCT ON (id) id, payload, meta
      FROM (VALUES ${payloads}) AS sent (id, payload, meta) JOIN new_traces USING (id)
    )`,
  ];
  if (tokens.length > 0) parts.push(insertTokens(tokens));
  if (rows.some((row) => row.scores.length > 0)) parts.push(insertScoresOfNewTraces(rows));
  return sql`WITH ${join(parts)} SELECT id FROM new_traces`;
}

function traceValues(row: StoredRow): Sql {
  return sql`(${join(traceColumns.map(([, type, value]) => sql`${value(row)}::${raw(type)}`))})`;
}

function insertTokens(rows: readonly StoredRow[]): Sql {
  const values = rows.map(
    (row) => sql`(${row.id}::uuid, ${row.tokens?.offset}::int, ${row.deflatedTokens}::bytea)`,
  );
  return sql`new_tokens AS (
    INSERT INTO trace_tokens (trace_id, payload_offset, tokens)
    SELECT DISTINCT ON (id) sent.* FROM (VALUES ${join(values)}) AS sent (id, payload_offset, tokens)
    JOIN new_traces USING (id)
  )`;
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

// Storing traces in bulk: COPY straight into the tables, of those rows whose ids are new.
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { CopyEncoder } from "./copy-encoder.ts";
import { type InsertResult, insertTraces, settleResults } from "./insert-traces.ts";
import {
  type Column,
  payloadColumns,
  type StoredRow,
  scoreColumns,
  scoresOf,
  tokenColumns,
  traceColumns,
} from "./trace-columns.ts";

const UNIQUE_VIOLATION = "23505";

/**
 * Stores the traces inside the client's transaction; returns what became of each. COPY has no ON CONFLICT: ids that are there are left out beforehand, and where another
 * transaction adds one meanwhile, the slower statement that knows conflicts takes over.
 */
export async function copyTraces(
  client: pg.ClientBase,
  rows: readonly StoredRow[],
  runIds: ReadonlyMap<string, number>,
): Promise<InsertResult[]> {
  const db = client as unknown as pg.Pool;
  const { rows: found } = await client.query("SELECT id FROM traces WHERE id = ANY($1::uuid[])", [
    rows.map((row) => row.id),
  ]);
  const taken = new Set(found.map((row) => row.id as string));
  const isNew = rows.map((row) => !taken.has(row.id) && taken.add(row.id) !== undefined);
  const fresh = rows.filter((_, index) => isNew[index]);
  await client.query("SAVEPOINT chunk");
  try {
    await copyRows(client, "traces", traceColumns(runIds), fresh);
    await copyRows(client, "trace_payloads", payloadColumns, fresh);
    await copyRows(
      client,
      "trace_tokens",
      tokenColumns,
      fresh.filter((row) => row.tokens !== null),
    );
    await copyRows(client, "scores", scoreColumns, scoresOf(fresh));
    await client.query("RELEASE chunk");
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await client.query("ROLLBACK TO chunk");
    return insertTraces(db, rows);
  }
  return settleResults(db, rows, isNew);
}

async function copyRows<Row>(
  client: pg.ClientBase,
  table: string,
  columns: Column<Row>[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const encoder = new CopyEncoder();
  const types = columns.map(({ type }) => type);
  for (const row of rows)
    encoder.row(
      types,
      columns.map(({ value }) => value(row)),
    );
  const names = columns.map(({ name }) => name).join(", ");
  const stream = client.query(copyFrom(`COPY ${table} (${names}) FROM STDIN WITH (FORMAT binary)`));
  await new Promise<void>((resolve, reject) => {
    stream.on("finish", resolve);
    stream.on("error", reject);
    stream.end(encoder.finish());
  });
}

// Importing: one pipeline for every way in. While PostgreSQL stores a chunk, the next one is read.
import type { Readable } from "node:stream";
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import type { ImportReport } from "../contract/imports.ts";
import { copyTraces } from "../store/copy-traces.ts";
import { ensureRuns } from "../store/runs.ts";
import { toStoredRow } from "../store/store-rows.ts";
import type { StoredRow } from "../store/trace-columns.ts";
import { readRecords } from "./read-records.ts";
import { type ReadChunk, type ReaderOptions, TraceReader } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

export interface ImportOptions extends ReaderOptions {
  /** `skip` commits chunk by chunk and reports what is bad; `abort` stores all or nothing. */
  onError: "skip" | "abort";
  /** Reads and checks, and stores nothing. */
  dryRun: boolean;
  /** How many of the first traces a dry run returns. */
  preview: number;
  areLines?: boolean;
  signal: AbortSignal;
  /** Told after each chunk what has been committed so far. */
  onProgress?: (report: ImportReport) => void;
}

const MAX_ERRORS = 100;
const CHUNK_RECORDS = 500;
const CHUNK_BYTES = 2_000_000;

export interface ImportDatabase {
  /** A connection of the import's own; the caller ends it. */
  client: pg.Client;
  /** For what must not wait for the import's commit. */
  pool: pg.Pool;
}

/** Stores what the stream holds; whatever the report counts as inserted is committed. */
export async function importTraces(
  database: ImportDatabase,
  source: Readable,
  options: ImportOptions,
): Promise<ImportReport> {
  const { client } = database;
  const reader = new TraceReader(options);
  const report: ImportReport = {
    format: null,
    records: 0,
    inserted: 0,
    duplicates: 0,
    skipped: 0,
    rejected: 0,
    errors: [],
    ...(options.dryRun && { preview: [] }),
  };
  const isAtomic = options.onError === "abort" && !options.dryRun;
  if (isAtomic) await client.query("BEGIN");
  let storing: Promise<void> = Promise.resolve();
  try {
    for await (const records of chunked(
      readRecords(source, { maxBytes: options.maxRecordBytes, areLines: options.areLines ?? false }),
    )) {
      options.signal.throwIfAborted();
      const chunk = await reader.read(records);
      const rows = options.dryRun ? [] : await Promise.all(chunk.rows.map(({ row }) => toStoredRow(row)));
      await storing;
      count(report, chunk, reader);
      refuseIfAborting(options, report);
      if (options.dryRun) addPreview(report, chunk, options.preview);
      storing = storeChunk(database, chunk, rows, report, isAtomic).then(() => options.onProgress?.(report));
      // Its failure is met at the next await.
      storing.catch(() => {});
    }
    await storing;
    refuseIfAborting(options, report);
    options.signal.throwIfAborted();
    if (isAtomic) await client.query("COMMIT");
    return report;
  } catch (error) {
    await storing.catch(() => {});
    if (isAtomic) await client.query("ROLLBACK").catch(() => {});
    throw isAtomic ? error : withCommitted(error, report);
  }
}

/** A stream that breaks leaves behind what was committed before: the error says so. */
function withCommitted(error: unknown, { inserted, records }: ImportReport): unknown {
  if (!(error instanceof AppError) || inserted === 0) return error;
  const message = `${error.message}; ${inserted} traces of the first ${records} records are stored`;
  return new AppError(error.code, message, { cause: error.cause, issues: error.issues });
}

async function storeChunk(
  { client, pool }: ImportDatabase,
  chunk: ReadChunk,
  rows: StoredRow[],
  report: ImportReport,
  isAtomic: boolean,
): Promise<void> {
  if (rows.length === 0) return;
  // Committed by itself: a run that a long import held back would keep others from storing into it.
  const runIds = await ensureRuns(pool, rows);
  if (!isAtomic) await client.query("BEGIN");
  const results = await copyTraces(client, rows, runIds);
  if (!isAtomic) await client.query("COMMIT");
  results.forEach(({ outcome, id }, index) => {
    if (outcome === "created") report.inserted++;
    else if (outcome === "duplicate") report.duplicates++;
    else
      reject(
        report,
        chunk.rows[index]?.line ?? 0,
        new AppError("id_taken", `Another trace has the id ${id}`),
      );
  });
}

function count(report: ImportReport, chunk: ReadChunk, reader: TraceReader): void {
  report.format = reader.format?.name ?? null;
  report.records += chunk.records;
  report.skipped += chunk.skipped;
  for (const { line, error } of chunk.rejected) reject(report, line, error);
}

function reject(report: ImportReport, line: number, { code, message }: AppError): void {
  report.rejected++;
  if (report.errors.length < MAX_ERRORS) report.errors.push({ line, code, message });
}

function refuseIfAborting({ onError, dryRun }: ImportOptions, report: ImportReport): void {
  if (onError !== "abort" || dryRun || report.rejected === 0) return;
  const first = report.errors[0];
  throw new AppError(
    "import_aborted",
    `Nothing was stored: record ${first?.line} is bad: ${first?.message}`,
    {
      issues: report.errors.map(({ line, code, message }) => ({ pointer: "", line, code, message })),
    },
  );
}

function addPreview(report: ImportReport, chunk: ReadChunk, limit: number): void {
  const wanted = chunk.rows.slice(0, Math.max(0, limit - (report.preview?.length ?? 0)));
  report.preview?.push(...wanted.map(({ row }) => JSON.parse(row.payload)));
}

async function* chunked(records: AsyncIterable<SourceRecord>): AsyncGenerator<SourceRecord[]> {
  let chunk: SourceRecord[] = [];
  let size = 0;
  for await (const record of records) {
    chunk.push(record);
    size += record.bytes?.length ?? 0;
    if (chunk.length < CHUNK_RECORDS && size < CHUNK_BYTES) continue;
    yield chunk;
    chunk = [];
    size = 0;
  }
  if (chunk.length > 0) yield chunk;
}

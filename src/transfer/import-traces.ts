// Importing: one pipeline for every way in. While PostgreSQL stores a chunk, the next ones are prepared.
import type { Readable } from "node:stream";
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import type { ImportReport } from "../contract/imports.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { KeptRuns } from "../store/runs/kept-runs.ts";
import { ensureRuns } from "../store/runs/runs.ts";
import { copyTraces, ownTransaction, partOfTransaction } from "../store/writing/copy-traces.ts";
import { chunked, TRACES } from "./chunk-records.ts";
import { count, emptyReport, reject } from "./import-report.ts";
import type { PreparedChunk } from "./prepare-chunk.ts";
import { Preparer } from "./preparer.ts";
import { readRecords } from "./read-records.ts";
import type { ReaderOptions } from "./read-traces.ts";
import { SpareMemory } from "./spare-memory.ts";

export interface ReadingOptions extends ReaderOptions {
  areLines?: boolean;
  signal: AbortSignal;
  /** Told after each chunk what has been read, and committed, so far. */
  onProgress?: (report: ImportReport) => void;
}

export interface ImportOptions extends ReadingOptions {
  /** `skip` commits chunk by chunk and reports what is bad; `abort` stores all or nothing. */
  onError: "skip" | "abort";
}

export interface ImportDatabase {
  /** A connection of the import's own; the caller ends it. */
  client: pg.Client;
  /** For what must not wait for the import's commit. */
  pool: pg.Pool;
}

/** Holds a chunk, and of its last record what is beyond. */
const CHUNK_MEMORY_BYTES = 2_500_000;
/** What is read ahead of what is stored: enough to keep every processor busy, and a bound on memory. */
const MAX_WAITING_CHUNKS = 3;
const MAX_WAITING_BYTES = 16_000_000;

/** Stores what the stream holds; whatever the report counts as inserted is committed. */
export async function importTraces(
  database: ImportDatabase,
  source: Readable,
  options: ImportOptions,
): Promise<ImportReport> {
  const report = emptyReport();
  const records = readRecords(source, {
    maxBytes: options.maxRecordBytes,
    areLines: options.areLines ?? false,
  });
  try {
    if (options.onError === "abort") await storeAll(database, records, options, report);
    else await storeChunks(database, records, options, report);
    return report;
  } catch (error) {
    throw options.onError === "abort" ? error : withCommitted(error, report);
  }
}

type Records = ReturnType<typeof readRecords>;

/** One transaction around everything. */
async function storeAll(
  database: ImportDatabase,
  records: Records,
  options: ImportOptions,
  report: ImportReport,
): Promise<void> {
  const { client, pool } = database;
  const runs = new KeptRuns(pool);
  await client.query("BEGIN");
  try {
    await storeChunks(database, records, options, report, runs);
    const [deleted] = await runs.hold(client);
    if (deleted !== undefined) throw runDeleted(deleted);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function storeChunks(
  database: ImportDatabase,
  records: Records,
  options: ImportOptions,
  report: ImportReport,
  /** Of an import that is one transaction; the chunks of others are committed one by one. */
  keptRuns?: KeptRuns,
): Promise<void> {
  const spare = new SpareMemory(CHUNK_MEMORY_BYTES);
  const preparer = new Preparer(options, spare);
  const storing = { database, keptRuns, expectsNew: true };
  const store = async (chunk: PreparedChunk) => {
    options.signal.throwIfAborted();
    count(report, chunk, preparer.formatName);
    if (options.onError === "abort") refuseRejected(report);
    await storeChunk(storing, chunk, report);
    preparer.release(chunk);
    if (options.onError === "abort") refuseRejected(report);
    // Of an import that is one transaction nothing is stored before its end.
    options.onProgress?.(keptRuns === undefined ? report : { ...report, inserted: 0 });
  };
  // Each chunk is stored as soon as it is ready and those before it are stored, whatever is still to come.
  const waiting: { stored: Promise<void>; size: number }[] = [];
  let waitingBytes = 0;
  let last = Promise.resolve();
  try {
    for await (const read of chunked(records, TRACES, spare)) {
      options.signal.throwIfAborted();
      const { size } = read;
      const chunk = preparer.prepare(read);
      chunk.catch(() => {});
      last = last.then(async () => store(await chunk));
      // Its failure is met below.
      last.catch(() => {});
      waiting.push({ stored: last, size });
      waitingBytes += size;
      while (waiting.length > MAX_WAITING_CHUNKS || waitingBytes > MAX_WAITING_BYTES) {
        const first = waiting.shift();
        await first?.stored;
        waitingBytes -= first?.size ?? 0;
      }
    }
  } finally {
    await last;
  }
}

interface Storing {
  database: ImportDatabase;
  keptRuns: KeptRuns | undefined;
  /** Until a chunk brings a trace that is there already: a file that has one is likely to have more. */
  expectsNew: boolean;
}

async function storeChunk(
  storing: Storing,
  { rows, lines }: PreparedChunk,
  report: ImportReport,
): Promise<void> {
  if (rows.ids.length === 0) return;
  const { client, pool } = storing.database;
  const { keptRuns, expectsNew } = storing;
  // Made over the pool: a run that a long import held back would keep others from storing into it.
  const runIds = await (keptRuns?.find(rows.runs) ?? ensureRuns(pool, rows.runs));
  const bounds = keptRuns === undefined ? ownTransaction : partOfTransaction;
  const outcomes = await copyTraces(client, rows, runIds, bounds, expectsNew);
  for (const [trace, outcome] of outcomes.entries()) {
    if (outcome === "created") {
      report.inserted++;
      continue;
    }
    storing.expectsNew = false;
    if (outcome === "duplicate") report.duplicates++;
    else {
      const message = `Another trace has the id ${rows.ids[trace]}`;
      reject(report, { line: lines[trace] ?? 0, code: "id_taken", message });
    }
  }
}

function refuseRejected({ rejected, errors }: ImportReport): void {
  if (rejected === 0) return;
  const [first] = errors;
  throw new AppError(
    "import_aborted",
    `Nothing was stored: record ${first?.line} is bad: ${first?.message}`,
    {
      issues: errors.map((error) => ({ pointer: "", ...error })),
    },
  );
}

function runDeleted(run: string): AppError {
  return new AppError(
    "import_aborted",
    `Nothing was stored: the run "${run}" was deleted while the import ran; import again to make it anew`,
  );
}

/** A stream that breaks leaves behind what was committed before: the error says so. */
function withCommitted(cause: unknown, { inserted, duplicates, records }: ImportReport): unknown {
  const error = toDatabaseError(cause) ?? cause;
  if (!(error instanceof AppError) || inserted + duplicates === 0) return cause;
  const before = duplicates > 0 ? `, and ${duplicates} were there already` : "";
  return error.withDetail(`${inserted} traces of the first ${records} records are stored${before}`);
}

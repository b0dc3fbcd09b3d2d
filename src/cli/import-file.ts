// One file into the store, with what a person at a terminal wants to know meanwhile and afterwards.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { AppError } from "../contract/errors.ts";
import type { ImportReport } from "../contract/imports.ts";
import type { Database } from "../store/database.ts";
import { type ImportOptions, importTraces } from "../transfer/import-traces.ts";
import { describeSource, isCsvName } from "../transfer/source-hints.ts";
import { type CommandContext, print } from "./context.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { showProgress } from "./progress-line.ts";
import { SourceMeter } from "./source-meter.ts";

const MAY_BE_GROWING = "the file may still be being written";
const READ_BYTES = 262_144;

export interface FileImport {
  context: CommandContext;
  database: Database;
  /** A path, or "-" for standard input. */
  file: string;
  options: ImportOptions;
  /** CSV with a header, whatever the file's name. */
  isCsv?: boolean;
  /** No line of progress, not even on a terminal. */
  isQuiet?: boolean;
}

/** Stores a file's traces. Of a file that is still being written the complete records. */
export async function importFile(request: FileImport): Promise<ImportReport> {
  const { context, database, file, options } = request;
  const meter = new SourceMeter();
  const totalBytes = await findSize(file);
  const client = await database.connect();
  const source = file === "-" ? context.stdin : createReadStream(file, { highWaterMark: READ_BYTES });
  let failure: Error | undefined;
  source.once("error", (cause: Error) => {
    failure = new AppError("file_unreadable", `${file} cannot be read: ${cause.message}`, { cause });
  });
  // A read that waits for a slow writer ends with the command.
  addAbortSignal(context.signal, source);
  const startedAt = performance.now();
  let records = 0;
  const measure = () => {
    const elapsedMs = performance.now() - startedAt;
    return { name: file, records, bytes: meter.bytes, totalBytes, elapsedMs };
  };
  const endProgress = request.isQuiet === true ? undefined : showProgress(context.stderr, measure);
  try {
    const isCsv = request.isCsv === true || isCsvName(file);
    const hints = { isCsv, ...(file !== "-" && { path: file }) };
    const measured = describeSource(meter.measure(source), hints);
    const report = await importTraces({ client, pool: database.pool }, measured, {
      ...options,
      onProgress: (soFar) => {
        records = soFar.records;
      },
    });
    return tellBrokenOff(report, meter);
  } catch (error) {
    throw failure ?? tellCutOff(error);
  } finally {
    endProgress?.();
    source.destroy();
    await client.end();
  }
}

export type ListedFile = { report: ImportReport } | { leftOut: string } | { unreadable: AppError };

/** The same for a file that nobody named: it may hold anything, and the others are to be imported all the same. */
export async function importListedFile(request: FileImport): Promise<ListedFile> {
  try {
    const report = await importFile(request);
    // Not one record that could tell a format: a settings file, a picture of a table, a line just begun.
    return report.format === null && report.rejected > 0
      ? { leftOut: report.errors[0]?.message ?? "none of its records can be read" }
      : { report };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "import_aborted") throw error;
    // A format that was asked for and is not known is no fault of the file.
    const isOfRequest = error.code === "unknown_format" && request.options.format !== undefined;
    if (isOfRequest) throw error;
    if (error.code === "unknown_format") return { leftOut: error.message };
    const isOfFile = error.code === "file_unreadable" || exitCodeOf(error.code) === exitCodes.rejected;
    if (!isOfFile) throw error;
    return { unreadable: error };
  }
}

export function printReport(
  { stdout, stderr }: CommandContext,
  file: string,
  { format, records, inserted, duplicates, skipped, rejected, errors, preview }: ImportReport,
): void {
  const counts = [`${inserted} stored`, `${duplicates} there already`, `${rejected} rejected`];
  if (skipped > 0) counts.push(`${skipped} left out`);
  print(stdout, `${file}: ${records} records (${format ?? "empty"}), ${counts.join(", ")}`);
  for (const trace of preview ?? []) print(stdout, JSON.stringify(trace, null, 2));
  for (const error of errors) print(stderr, `${file}:${error.line}: ${error.message} (${error.code})`);
  if (rejected > errors.length) print(stderr, `… and ${rejected - errors.length} more`);
}

/** Undefined for what is no plain file, and so may have any length. */
async function findSize(file: string): Promise<number | undefined> {
  const found = file === "-" ? undefined : await stat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

function tellBrokenOff(report: ImportReport, meter: SourceMeter): ImportReport {
  const line = meter.brokenOffRecord(report.records);
  for (const error of report.errors)
    if (error.line === line && error.code === "malformed_json")
      error.message += `; it breaks off at the end: ${MAY_BE_GROWING}`;
  return report;
}

function tellCutOff(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "bad_gzip") return error;
  // zlib's word for data that ends too early.
  const isCutOff = (error.cause as { code?: string } | undefined)?.code === "Z_BUF_ERROR";
  return isCutOff
    ? new AppError(error.code, `${error.message}; ${MAY_BE_GROWING}`, { cause: error.cause })
    : error;
}

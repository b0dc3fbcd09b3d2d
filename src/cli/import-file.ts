// One file into the store, with what a person at a terminal wants to know meanwhile and afterwards.
import type { Readable } from "node:stream";
import { AppError } from "../contract/errors.ts";
import type { ImportReport } from "../contract/imports.ts";
import type { Database } from "../store/database.ts";
import { type ImportOptions, importTraces } from "../transfer/import-traces.ts";
import { type TryOptions, tryImport } from "../transfer/try-import.ts";
import { type CommandContext, print } from "./context.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { MAY_BE_GROWING, readSource, type SourceRequest } from "./read-source.ts";
import type { SourceMeter } from "./source-meter.ts";

const FEW_ERRORS = 3;

export interface FileImport extends SourceRequest {
  database: Database;
  options: ImportOptions;
}

export interface FileTrial extends SourceRequest {
  /** Nothing is stored. */
  database: undefined;
  options: TryOptions;
}

/** Stores a file's traces, or tries to read them. Of a file that is still being written the complete records. */
export async function importFile(request: FileImport | FileTrial): Promise<ImportReport> {
  const { result, meter } = await readSource(request, (source, onRecords) => {
    const onProgress = ({ records }: ImportReport) => onRecords(records);
    return request.database === undefined
      ? tryImport(source, { ...request.options, onProgress })
      : store(request.database, source, { ...request.options, onProgress });
  });
  return tellBrokenOff(result, meter);
}

async function store(database: Database, source: Readable, options: ImportOptions): Promise<ImportReport> {
  const client = await database.connect();
  try {
    return await importTraces({ client, pool: database.pool }, source, options);
  } finally {
    await client.end();
  }
}

export type OneOfSeveral =
  | { report: ImportReport }
  /** Not one record could tell a format. */
  | { leftOut: string; hasBadRecords: boolean }
  | { unreadable: AppError };

/** The same for one file of several: what is wrong with it is told, and the others are imported all the same. */
export async function importOneOfSeveral(request: FileImport | FileTrial): Promise<OneOfSeveral> {
  try {
    const report = await importFile(request);
    // A settings file, a picture of a table, a line just begun.
    if (report.format !== null || report.rejected === 0) return { report };
    const [first] = report.errors;
    const leftOut = first ? `record ${first.line}: ${first.message}` : "none of its records can be read";
    return { leftOut, hasBadRecords: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "unknown_format") return { leftOut: error.message, hasBadRecords: false };
    const isOfFile = error.code === "file_unreadable" || exitCodeOf(error.code) === exitCodes.rejected;
    if (!isOfFile) throw error;
    return { unreadable: error };
  }
}

export function printReport(
  { stdout, stderr }: CommandContext,
  file: string,
  { format, records, inserted, duplicates, skipped, rejected, errors, preview, unmatched = [] }: ImportReport,
): void {
  const counts = [`${inserted} stored`, `${duplicates} there already`, `${rejected} rejected`];
  if (skipped > 0) counts.push(`${skipped} left out`);
  const form = format ?? (records === 0 ? "empty" : "of no known format");
  print(stdout, `${file}: ${records} records (${form}), ${counts.join(", ")}`);
  for (const trace of preview ?? []) print(stdout, JSON.stringify(trace, null, 2));
  for (const part of unmatched) print(stderr, `${file}: no record has what the map says in ${part}`);
  // Where not one record could be read, the file is no file of records, and its lines tell nothing.
  const told = format === null ? errors.slice(0, FEW_ERRORS) : errors;
  for (const error of told) print(stderr, `${file}:${error.line}: ${error.message} (${error.code})`);
  if (rejected > told.length) print(stderr, `… and ${rejected - told.length} more`);
}

function tellBrokenOff(report: ImportReport, meter: SourceMeter): ImportReport {
  const line = meter.brokenOffRecord(report.records);
  for (const error of report.errors)
    if (error.line === line && error.code === "malformed_json")
      error.message += `; it breaks off at the end: ${MAY_BE_GROWING}`;
  return report;
}

// What became of an import's records, counted as they come.
import type { ImportReport, RecordError } from "../contract/imports.ts";
import type { PreparedChunk } from "./prepare-chunk.ts";

const MAX_ERRORS = 100;

export function emptyReport(): ImportReport {
  return { format: null, records: 0, inserted: 0, duplicates: 0, skipped: 0, rejected: 0, errors: [] };
}

type Counts = Omit<PreparedChunk, "lines" | "rows">;

/** Counts what was read of a chunk. */
export function count(report: ImportReport, chunk: Counts, formatName: string | undefined): void {
  report.format = formatName ?? null;
  report.records += chunk.records;
  report.skipped += chunk.skipped;
  for (const error of chunk.rejected) reject(report, error);
  const { unmatched } = chunk;
  if (unmatched !== undefined)
    report.unmatched = (report.unmatched ?? unmatched).filter((part) => unmatched.includes(part));
}

export function reject(report: ImportReport, error: RecordError): void {
  report.rejected++;
  if (report.errors.length < MAX_ERRORS) report.errors.push(error);
}

// A dry run: all is read and checked as an import would, and nothing stored. It needs no database.
import type { Readable } from "node:stream";
import type { ImportReport } from "../contract/imports.ts";
import { parseExactly } from "../trace/parse-exactly.ts";
import { chunked } from "./chunk-records.ts";
import { count, emptyReport } from "./import-report.ts";
import type { ReadingOptions } from "./import-traces.ts";
import { readRecords } from "./read-records.ts";
import { TraceReader } from "./read-traces.ts";

export interface TryOptions extends ReadingOptions {
  /** How many of the first traces the report shows. */
  preview: number;
}

export async function tryImport(source: Readable, options: TryOptions): Promise<ImportReport> {
  const { maxRecordBytes, areLines = false, signal, onProgress } = options;
  const reader = new TraceReader(options);
  const preview: unknown[] = [];
  const report: ImportReport = { ...emptyReport(), preview };
  for await (const { records } of chunked(readRecords(source, { maxBytes: maxRecordBytes, areLines }))) {
    signal.throwIfAborted();
    const chunk = await reader.read(records, ({ payload }) => {
      if (preview.length < options.preview) preview.push(parseExactly(payload.toString()));
    });
    count(report, chunk, reader.format?.name);
    onProgress?.(report);
  }
  return report;
}

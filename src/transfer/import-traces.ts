// Importing: records of a stream, read by a format, stored in batches; bad ones are reported, not stored.
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { v5 as uuidv5 } from "uuid";
import { AppError } from "../contract/errors.ts";
import type { Format, Origin } from "../formats/format.ts";
import { formats } from "../formats/formats.ts";
import type { Queryable } from "../store/database.ts";
import { insertTraces } from "../store/insert-traces.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { type JsonDocument, parseJson, parseJsonBytes } from "../trace/json-document.ts";
import { type TraceRow, toTraceRow } from "../trace/trace-row.ts";
import { readRecords, type SourceRecord } from "./read-records.ts";

export interface ImportOptions extends Origin {
  maxRecordBytes: number;
}

export interface ImportReport {
  /** The format recognised; null for an empty file. */
  format: string | null;
  records: number;
  inserted: number;
  duplicates: number;
  rejected: number;
  /** The first 100 of the rejected. */
  errors: { line: number; code: string; message: string }[];
}

const MAX_ERRORS = 100;
const BATCH_ROWS = 200;
const BATCH_CHARACTERS = 4_000_000;
/** Namespace of the ids given to records that bring none (RFC 9562, version 5). */
const ID_NAMESPACE = "6f1c2a52-7f0e-4c83-9a54-0d4d3b1f7c11";

/** Stores what the stream holds, batch by batch; every batch counted in the report is committed. */
export async function importTraces(
  db: Queryable,
  source: Readable,
  options: ImportOptions,
): Promise<ImportReport> {
  const report: ImportReport = {
    format: null,
    records: 0,
    inserted: 0,
    duplicates: 0,
    rejected: 0,
    errors: [],
  };
  const reject = (line: number, error: AppError) => {
    report.rejected++;
    if (report.errors.length < MAX_ERRORS)
      report.errors.push({ line, code: error.code, message: error.message });
  };
  let format: Format | undefined;
  let batch: { line: number; row: TraceRow }[] = [];
  let characters = 0;

  const flush = async () => {
    const results = await insertTraces(
      db,
      batch.map(({ row }) => row),
    );
    results.forEach(({ outcome, id }, index) => {
      if (outcome === "created") report.inserted++;
      else if (outcome === "duplicate") report.duplicates++;
      else reject(batch[index]?.line ?? 0, new AppError("id_taken", `Another trace has the id ${id}`));
    });
    batch = [];
    characters = 0;
  };

  for await (const record of readRecords(source, options.maxRecordBytes)) {
    report.records++;
    try {
      const document = parseRecord(record, options.maxRecordBytes);
      format ??= recognise(document);
      report.format = format.name;
      for (const row of toRows(document, format, report.records, options)) {
        batch.push({ line: record.line, row });
        characters += row.payload.length;
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "unknown_format") throw error;
      reject(record.line, error);
    }
    if (batch.length >= BATCH_ROWS || characters >= BATCH_CHARACTERS) await flush();
  }
  if (batch.length > 0) await flush();
  return report;
}

function parseRecord({ bytes }: SourceRecord, maxBytes: number): JsonDocument {
  if (bytes === undefined)
    throw new AppError("payload_too_large", `The record is longer than ${maxBytes} bytes`);
  return parseJsonBytes(bytes);
}

function recognise(document: JsonDocument): Format {
  const format = formats.find((candidate) => candidate.recognises(document.value));
  if (format !== undefined) return format;
  const known = formats.map(({ name }) => name).join(", ");
  throw new AppError("unknown_format", `The first record is of no format known here (${known})`);
}

function toRows(record: JsonDocument, format: Format, ordinal: number, options: ImportOptions): TraceRow[] {
  const sourceHash = createHash("sha256").update(record.text).digest("hex");
  return format.read(record).map((result, index) => {
    const document =
      "trace_version" in result ? parseJson(JSON.stringify(withOrigin(result, options))) : result;
    const trace = checkTrace(document.value);
    const name = JSON.stringify([options.run ?? null, options.trainStep ?? null, ordinal, index, sourceHash]);
    return toTraceRow(document, trace, { id: uuidv5(name, ID_NAMESPACE), ...options });
  });
}

function withOrigin<T extends object>(trace: T, { run, split, trainStep }: ImportOptions): T {
  const rollout = {
    ...(run && { run }),
    ...(split && { split }),
    ...(trainStep !== undefined && { train_step: trainStep }),
  };
  return Object.keys(rollout).length === 0 ? trace : { ...trace, rollout };
}

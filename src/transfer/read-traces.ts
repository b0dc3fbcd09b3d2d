// Records to rows: parsed, read by their format, checked; what is bad is told apart from what is good.
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { v5 as uuidv5 } from "uuid";
import { AppError } from "../contract/errors.ts";
import type { RecordError } from "../contract/imports.ts";
import type { Trace11 } from "../contract/trace.ts";
import type { Format, Origin } from "../formats/format.ts";
import { formats } from "../formats/formats.ts";
import { native } from "../formats/native.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { type JsonDocument, parseJson, parseJsonBytes } from "../trace/json-document.ts";
import { type RowDefaults, type TraceRow, toTraceRow } from "../trace/trace-row.ts";
import { readEnvelope } from "./read-envelope.ts";
import type { SourceRecord } from "./record-collector.ts";
import { withoutNaN } from "./without-nan.ts";

/** Namespace of the ids given to records that bring none (RFC 9562, version 5). */
const ID_NAMESPACE = Buffer.from("6f1c2a527f0e4c839a540d4d3b1f7c11", "hex");
/** Other requests wait no longer than this for the event loop. */
const TURN_MS = 10;

export interface ReadChunk {
  records: number;
  skipped: number;
  rejected: RecordError[];
  /** Of a map: see `Format`. */
  unmatched?: string[];
}

/** Takes each trace that was read, with the line of its record. */
type TakeRow = (row: TraceRow, line: number) => void;

export interface ReaderOptions extends Origin {
  /** A format or its name; undefined to recognise it. */
  format: Format | string | undefined;
  maxRecordBytes: number;
  /** How many records of the file came before those that are read here. */
  recordsBefore?: number;
}

export class TraceReader {
  readonly #options: ReaderOptions;
  #ordinal: number;
  #format: Format | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#ordinal = options.recordsBefore ?? 0;
    this.#format = typeof options.format === "string" ? findFormat(options.format) : options.format;
  }

  /** The format asked for or recognised; undefined as long as no record could tell. */
  get format(): Format | undefined {
    return this.#format;
  }

  async read(records: readonly SourceRecord[], take: TakeRow): Promise<ReadChunk> {
    const chunk: ReadChunk = { records: records.length, skipped: 0, rejected: [] };
    this.recognise(records);
    let turnStart = performance.now();
    for (const record of records) {
      this.#ordinal++;
      try {
        this.#readRecord(record, chunk, take);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        chunk.rejected.push({ line: record.line, code: error.code, message: error.message });
      }
      if (performance.now() - turnStart < TURN_MS) continue;
      await nextTurn();
      turnStart = performance.now();
    }
    const unmatched = this.#format?.unmatched?.();
    return { ...chunk, ...(unmatched && { unmatched }) };
  }

  /** Takes all of the record's traces, or none where one of them is bad. */
  #readRecord({ line, bytes, fault }: SourceRecord, chunk: ReadChunk, take: TakeRow): void {
    if (fault !== undefined) throw new AppError("invalid_trace", fault);
    const format = this.#format;
    const document = this.#parse(bytes, format !== native);
    if (format === undefined)
      throw new AppError("unknown_format", "No record before this one could tell the format");
    if (format.skips?.(document.value) !== undefined) {
      chunk.skipped++;
      return;
    }
    if (format === native) {
      const { document: trace, defaults } = readEnvelope(document);
      // A native record is its trace: the hash of the one serves for the other.
      const id = (contentHash: Buffer) => this.#recordId(contentHash, 0, trace.value);
      take(this.#toRow(trace, { id, ...defaults }), line);
      return;
    }
    const recordHash = createHash("sha256").update(document.text).digest();
    const rows = format.read(document).map((result, index) => {
      const trace = "trace_version" in result ? parseJson(JSON.stringify(this.#withOrigin(result))) : result;
      return this.#toRow(trace, { id: this.#recordId(recordHash, index, trace.value) });
    });
    for (const row of rows) take(row, line);
  }

  /** @param isForeign traces are written anew from it: what a program of Python writes of numbers that are none is understood */
  #parse(bytes: Buffer | undefined, isForeign: boolean): JsonDocument {
    if (bytes !== undefined) return parseJsonBytes((isForeign && withoutNaN(bytes)) || bytes);
    throw new AppError(
      "payload_too_large",
      `The record is longer than ${this.#options.maxRecordBytes} bytes`,
    );
  }

  /** Finds the format by the first record that has a known one; throws `unknown_format` when none of them has. */
  recognise(records: readonly SourceRecord[]): void {
    if (this.#format !== undefined) return;
    let hasJson = false;
    for (const { bytes } of records) {
      const value = bytes && parseOrUndefined(bytes);
      if (value === undefined) continue;
      hasJson = true;
      this.#format = formats.find((candidate) => candidate.recognises(value));
      if (this.#format !== undefined) return;
    }
    if (hasJson) {
      throw new AppError(
        "unknown_format",
        `The first records are of no format known here (${formatNames()}); name one, or map the members`,
      );
    }
    // Nothing to tell by yet: each of these records is reported as broken by itself.
  }

  #toRow(trace: JsonDocument, defaults: RowDefaults): TraceRow {
    const { run, split, trainStep } = this.#options;
    return toTraceRow(trace, checkTrace(trace.value), {
      run,
      split,
      trainStep,
      ...withoutUndefined(defaults),
    });
  }

  /**
   * The same record of the same file gets the same id again; two equal records of one file don't share one. The file's name, and
   * with it the training step that it says, may change, where a trace says its own.
   */
  #recordId(recordHash: Buffer, index: number, trace: unknown): string {
    const { run, split, trainStep = null } = this.#options;
    const own = (trace as Partial<Trace11> | null)?.rollout?.train_step;
    const place = [run ?? null, own ?? trainStep, this.#ordinal, index, recordHash.toString("hex")];
    const name = JSON.stringify(split === undefined ? place : [...place, split]);
    return uuidv5(Buffer.from(name), ID_NAMESPACE);
  }

  /** What the caller says of where a file belongs stands in the traces made from it. */
  #withOrigin<T extends { rollout?: object | null }>(trace: T): T {
    const { run, split, trainStep } = this.#options;
    const rollout = withoutUndefined({ run, split, train_step: trainStep });
    return Object.keys(rollout).length === 0
      ? trace
      : { ...trace, rollout: { ...rollout, ...trace.rollout } };
  }
}

function parseOrUndefined(bytes: Buffer): unknown {
  try {
    return JSON.parse((withoutNaN(bytes) ?? bytes).toString());
  } catch {
    return undefined;
  }
}

function findFormat(name: string): Format {
  const format = formats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  throw new AppError("unknown_format", `There is no format named "${name}"; known are ${formatNames()}`);
}

function formatNames(): string {
  return formats.map(({ name }) => name).join(", ");
}

function withoutUndefined<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

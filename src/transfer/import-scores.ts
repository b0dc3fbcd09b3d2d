// Scores from a stream of records, of any length: while PostgreSQL stores a chunk, the next one is read and checked.
import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type pg from "pg";
import { AppError, type ErrorCode, errorKinds } from "../contract/errors.ts";
import type { ScoreReport, ScoreResult } from "../contract/scores.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { type ScoreOutcome, upsertScores } from "../store/scores/upsert-scores.ts";
import { checkScore } from "../trace/check-score.ts";
import { parseJsonBytes } from "../trace/json-document.ts";
import type { TraceScoreRow } from "../trace/trace-row.ts";
import { chunked } from "./chunk-records.ts";
import { readRecords } from "./read-records.ts";
import type { SourceRecord } from "./record-collector.ts";

export interface ScoreImportOptions {
  areLines?: boolean;
  signal: AbortSignal;
  /** Told of each chunk once it is committed; the next but one waits until it resolves. */
  onChunk?: (report: ScoreReport, results: readonly ScoreResult[]) => Promise<void> | void;
}

/** Large enough that a commit is a small part of it, small enough that nobody waits long for its locks. */
const CHUNK = { records: 10_000, bytes: 2_000_000 };
/** Longer than the longest comment can be made by escapes. */
const MAX_RECORD_BYTES = 1_048_576;
const MAX_RESULTS = 1_000;
/** Other requests wait no longer than this for the event loop. */
const TURN_MS = 10;

interface CheckedRecord {
  line: number;
  score?: TraceScoreRow;
  error?: AppError;
}

/** Stores what the stream holds; whatever the report counts as stored is committed. */
export async function importScores(
  pool: pg.Pool,
  source: Readable,
  { areLines, signal, onChunk }: ScoreImportOptions,
): Promise<ScoreReport> {
  const report: ScoreReport = { records: 0, stored: 0, not_found: 0, invalid: 0, results: [] };
  const records = readRecords(source, { maxBytes: MAX_RECORD_BYTES, areLines: areLines ?? false });
  const store = async (checked: readonly CheckedRecord[]) => {
    const results = await storeChunk(pool, checked);
    for (const result of results) count(report, result);
    await onChunk?.(report, results);
  };
  let stored = Promise.resolve();
  try {
    for await (const chunk of chunked(records, CHUNK)) {
      const checked = await checkRecords(chunk.records);
      await stored;
      signal.throwIfAborted();
      stored = store(checked);
      // Its failure is met above, or below.
      stored.catch(() => {});
    }
    await stored;
    return report;
  } catch (error) {
    await stored.catch(() => {});
    throw withStored(error, report);
  }
}

async function checkRecords(records: readonly SourceRecord[]): Promise<CheckedRecord[]> {
  const now = new Date();
  const checked: CheckedRecord[] = [];
  let turnStart = performance.now();
  for (const record of records) {
    checked.push(checkRecord(record, now));
    if (performance.now() - turnStart < TURN_MS) continue;
    await nextTurn();
    turnStart = performance.now();
  }
  return checked;
}

function checkRecord({ line, bytes, fault }: SourceRecord, now: Date): CheckedRecord {
  try {
    if (fault !== undefined) throw new AppError("invalid_score", fault);
    if (bytes === undefined)
      throw new AppError("payload_too_large", `The record is longer than ${MAX_RECORD_BYTES} bytes`);
    return { line, score: checkScore(parseJsonBytes(bytes).value, now) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { line, error };
  }
}

async function storeChunk(pool: pg.Pool, checked: readonly CheckedRecord[]): Promise<ScoreResult[]> {
  const scores = checked.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const outcomes = (await upsertScores(pool, scores)).values();
  return checked.map(({ line, score, error }) => {
    if (score === undefined) return refusal(line, error?.code as ErrorCode, error?.message as string);
    return toResult(line, score, outcomes.next().value as ScoreOutcome);
  });
}

function toResult(line: number, { traceId, stepI }: TraceScoreRow, outcome: ScoreOutcome): ScoreResult {
  if (outcome === "stored") return { line, status: 200 };
  if (outcome === "not_found")
    return refusal(line, "trace_not_found", `There is no trace with the id ${traceId}`);
  return refusal(line, "unknown_step", `The trace ${traceId} has no step with i = ${stepI}`);
}

function refusal(line: number, code: ErrorCode, message: string): ScoreResult {
  return { line, status: errorKinds[code].status, code, message };
}

function count(report: ScoreReport, result: ScoreResult): void {
  report.records++;
  if (result.status === 200) report.stored++;
  else if (result.status === 404) report.not_found++;
  else report.invalid++;
  // Of many, those are kept that need to be told.
  if (report.records === MAX_RESULTS + 1) report.results = report.results.filter(isRefusal);
  const isKept = report.records <= MAX_RESULTS || isRefusal(result);
  if (isKept && report.results.length < MAX_RESULTS) report.results.push(result);
}

function isRefusal({ status }: ScoreResult): boolean {
  return status !== 200;
}

/** A stream that breaks leaves behind what was committed before: the error says so. */
function withStored(cause: unknown, { stored, records }: ScoreReport): unknown {
  const error = toDatabaseError(cause) ?? cause;
  if (!(error instanceof AppError) || stored === 0) return cause;
  return error.withDetail(`${stored} scores of the first ${records} records are stored`);
}

// Everything a score sent by itself must satisfy, but for what only the stored trace can tell.
import { AppError } from "../contract/errors.ts";
import { ScoreRecord } from "../contract/scores.ts";
import { compileCheck } from "../contract/validate.ts";
import { findValueFault } from "./check-trace.ts";
import { type TraceScoreRow, toScoreRow } from "./trace-row.ts";

const check = compileCheck(ScoreRecord);

/** Returns the record as a score written at `updatedAt`, or throws 422 `invalid_score` with its first fault. */
export function checkScore(value: unknown, updatedAt: Date): TraceScoreRow {
  const [issue] = check(value);
  if (issue !== undefined) throw invalid(issue.pointer, issue.message);
  const { trace_id, id, ...score } = value as ScoreRecord;
  if (trace_id !== undefined && id !== undefined)
    throw invalid("/id", "Both name the trace, trace_id and id; send one of them");
  const traceId = trace_id ?? id;
  if (traceId === undefined) throw invalid("/trace_id", '"trace_id" is required');
  const fault = findValueFault(score);
  if (fault !== undefined) throw invalid("/value", fault.message);
  return { traceId: traceId.toLowerCase(), ...toScoreRow(score, updatedAt) };
}

function invalid(pointer: string, message: string): AppError {
  return new AppError("invalid_score", pointer === "" ? message : `${message} at "${pointer}"`);
}

// Columns beside a completion: numbers are scores, named as the column is.
import { isText, type TraceScore } from "./format.ts";

export interface ScoredColumns {
  scores: TraceScore[];
  /** What is no score, for `meta`. */
  rest: Record<string, unknown>;
}

/** Booleans count as 0 and 1. A name that `taken` holds, or that is too long for one, stays in the rest. */
export function readScoredColumns(
  columns: Record<string, unknown>,
  by: string,
  taken: readonly string[] = [],
): ScoredColumns {
  const scores: TraceScore[] = [];
  const rest: [string, unknown][] = [];
  for (const [name, value] of Object.entries(columns)) {
    const number = toNumber(value);
    if (number === undefined || taken.includes(name) || !isText(name, 128)) rest.push([name, value]);
    else scores.push(toScore(name, number, by));
  }
  return { scores, rest: Object.fromEntries(rest) };
}

/** A score without a number failed: it is invalid, which is not zero. */
export function toScore(name: string, value: number | null, by: string): TraceScore {
  return value !== null && Number.isFinite(value)
    ? { name, value, by }
    : { name, value: null, status: "invalid", by };
}

/** A number as JSON and Parquet rows hold it, where 64-bit integers are of their own kind. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  return undefined;
}

/** A training step, or undefined for what is none. */
export function toTrainStep(value: unknown): number | undefined {
  const step = typeof value === "boolean" ? undefined : toNumber(value);
  return step !== undefined && Number.isInteger(step) && step >= 0 && step <= 2_147_483_647
    ? step
    : undefined;
}

/** The reference answer as text: numbers and lists of accepted answers in their JSON form. */
export function toReference(answer: unknown): { answer: string } | undefined {
  if (answer === undefined || answer === null) return undefined;
  return { answer: typeof answer === "string" ? answer : JSON.stringify(answer) };
}

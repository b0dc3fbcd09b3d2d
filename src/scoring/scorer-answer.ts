// What a scoring program writes: one line of JSON for each record, found by its id, in any order.
import { AppError } from "../contract/errors.ts";
import { ScorerAnswer } from "../contract/scores.ts";
import { compileCheck } from "../contract/validate.ts";
import { findValueFault } from "../trace/check-trace.ts";
import { parseJsonBytes } from "../trace/json-document.ts";
import type { ScoreRow } from "../trace/trace-row.ts";

export type Verdict = Pick<ScoreRow, "value" | "status" | "comment">;

export interface Answer {
  id: string;
  verdict: Verdict;
  /** Whether the line was an answer as it should be. */
  isValid: boolean;
}

const SHOWN_BYTES = 200;
const check = compileCheck(ScorerAnswer);

/** A verifier that failed: told as such, never as a zero. */
export function failure(comment: string): Verdict {
  return { value: null, status: "error", comment };
}

/**
 * Which of the awaited records the line is about, and what it says of it; undefined when it is about none of them.
 * A line that is no answer, but names one of them, is a bad answer to that one.
 */
export function readAnswer(
  line: Buffer | undefined,
  awaited: ReadonlyMap<string, unknown>,
): Answer | undefined {
  if (line === undefined) return undefined;
  try {
    const answer = parseAnswer(line);
    const id = answer.id.toLowerCase();
    if (!awaited.has(id)) return undefined;
    const { value = null, status, comment = null } = answer;
    return { id, verdict: { value, status: status ?? "ok", comment }, isValid: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const text = line.toString().toLowerCase();
    const named = [...awaited.keys()].filter((id) => text.includes(id));
    const [id] = named;
    if (id === undefined || named.length > 1) return undefined;
    const verdict = failure(`The program's answer is not valid: ${error.message}: ${describeLine(line)}`);
    return { id, verdict, isValid: false };
  }
}

/** How it begins; what the program wrote must neither steer a terminal nor be unfit to store. */
export function describeLine(line: Buffer | undefined): string {
  const text = line?.toString("utf8", 0, SHOWN_BYTES) ?? "a line longer than any answer";
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "·");
}

function parseAnswer(line: Buffer): ScorerAnswer {
  const { value } = parseJsonBytes(line);
  const [issue] = check(value);
  if (issue !== undefined) {
    const place = issue.pointer === "" ? "" : ` at "${issue.pointer}"`;
    throw new AppError("invalid_score", `${issue.message}${place}`);
  }
  const answer = value as ScorerAnswer;
  const fault = findValueFault(answer);
  if (fault !== undefined) throw new AppError("invalid_score", fault.message);
  return answer;
}

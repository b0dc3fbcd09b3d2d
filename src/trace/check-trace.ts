// Everything a trace must satisfy before it is stored: its schema, and what a schema cannot say.
import { AppError, type Issue } from "../contract/errors.ts";
import { knownVersions, type Trace, Trace10, Trace11 } from "../contract/trace.ts";
import { type Check, compileCheck } from "../contract/validate.ts";
import type { SentScore } from "./trace-row.ts";

const checks: Record<string, Check<Trace>> = {
  "1.0": compileCheck(Trace10),
  "1.1": compileCheck(Trace11),
};

/** Returns the value as a trace, or throws 422 `invalid_trace` with every fault found. */
export function checkTrace(value: unknown): Trace {
  const issues = findTraceIssues(value);
  if (issues.length > 0) {
    const first = issues[0] as Issue;
    const more = issues.length === 1 ? "" : ` (and ${issues.length - 1} more)`;
    const place = first.pointer === "" ? "" : ` at "${first.pointer}"`;
    throw new AppError("invalid_trace", `${first.message}${place}${more}`, { issues });
  }
  return value as Trace;
}

function findTraceIssues(value: unknown): Issue[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [{ pointer: "", code: "type", message: "A trace is a JSON object" }];
  }
  const version = (value as { trace_version?: unknown }).trace_version;
  const check = typeof version === "string" && Object.hasOwn(checks, version) ? checks[version] : undefined;
  if (check === undefined) return [versionIssue(version)];
  const issues = check(value);
  return issues.length > 0 ? issues : findContradictions(value as Trace);
}

function versionIssue(version: unknown): Issue {
  const known = `known versions are ${knownVersions.map((name) => `"${name}"`).join(" and ")}`;
  const pointer = "/trace_version";
  if (version === undefined) {
    return { pointer, code: "required", message: `"trace_version" is required; ${known}` };
  }
  return { pointer, code: "unknown_version", message: `Not a version this program knows; ${known}` };
}

function findContradictions(trace: Trace): Issue[] {
  const issues: Issue[] = [];
  const stepIndices = new Set<number>();
  trace.steps.forEach((step, index) => {
    if (stepIndices.has(step.i)) {
      issues.push({
        pointer: `/steps/${index}/i`,
        code: "duplicate_step_index",
        message: "Step indices must be unique",
      });
    }
    stepIndices.add(step.i);
  });
  if (trace.trace_version === "1.1") issues.push(...findScoreIssues(trace.scores ?? [], stepIndices));
  return issues.slice(0, 100);
}

/** A failed verifier is not a zero: a score has a value exactly when its status is `ok`. */
export function findValueFault({
  status,
  value,
}: Pick<SentScore, "status" | "value">): Pick<Issue, "code" | "message"> | undefined {
  const isOk = (status ?? "ok") === "ok";
  if (isOk && typeof value !== "number")
    return { code: "value_missing", message: 'A score whose status is "ok" needs a number as its value' };
  if (!isOk && typeof value === "number")
    return { code: "value_not_null", message: 'Only a score whose status is "ok" has a value; send null' };
  return undefined;
}

/** @param steps the indices of the trace's steps. */
export function findScoreIssues(
  scores: NonNullable<Extract<Trace, { scores?: unknown }>["scores"]>,
  steps: ReadonlySet<unknown>,
): Issue[] {
  const issues: Issue[] = [];
  const seen = new Set<string>();
  scores.forEach((score, index) => {
    const issue = (member: string, code: string, message: string) =>
      issues.push({ pointer: `/scores/${index}${member}`, code, message });
    const fault = findValueFault(score);
    if (fault !== undefined) issue("/value", fault.code, fault.message);
    if (typeof score.step_i === "number" && !steps.has(score.step_i))
      issue("/step_i", "unknown_step", `No step of this trace has i = ${score.step_i}`);
    const key = JSON.stringify([score.step_i ?? null, score.name, score.by ?? ""]);
    if (seen.has(key)) issue("", "duplicate_score", "Two scores share step, name and by");
    seen.add(key);
  });
  return issues;
}

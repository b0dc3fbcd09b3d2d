// Members of many people's records that version 1.1 has a place for. Those of another kind than expected are left to `meta`.
import type { Trace11 } from "../contract/trace.ts";
import { isObject, isText, type TraceScore } from "./format.ts";
import { toNumber, toReference, toScore } from "./scored-columns.ts";

/** Names in use for the same; the first that a record has is taken. */
const REFERENCE = ["reference", "ground_truth", "expected_answer"];
const GROUP = ["prompt_id", "uid"];
const SCORES = ["reward", "score"];

export interface KnownMembers {
  promptId: string | undefined;
  reference: Trace11["reference"];
  /** Token counts of `usage`, which stays in the rest: it may hold more. */
  usage: Pick<NonNullable<Trace11["generation"]>, "prompt_tokens" | "completion_tokens">;
  scores: TraceScore[];
  rest: Record<string, unknown>;
}

export function readKnownMembers(members: Record<string, unknown>, by: string): KnownMembers {
  const rest = { ...members };
  const take = <T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined => {
    const name = names.find((candidate) => read(rest[candidate]) !== undefined);
    if (name === undefined) return undefined;
    const value = read(rest[name]);
    delete rest[name];
    return value;
  };
  return {
    promptId: take(GROUP, toPromptId),
    reference: take(REFERENCE, (answer) => (isObject(answer) ? undefined : toReference(answer))),
    usage: readUsage(members.usage),
    scores: SCORES.flatMap((name) => {
      const value = take([name], (score) => (score === null ? null : toNumber(score)));
      return value === undefined ? [] : toScore(name, value, by);
    }),
    rest,
  };
}

/** Samples of one prompt have it in common; numbers are as good as names. */
export function toPromptId(value: unknown): string | undefined {
  const name = Number.isSafeInteger(value) ? String(value) : value;
  return isText(name, 256) ? name : undefined;
}

function readUsage(usage: unknown): KnownMembers["usage"] {
  const counts = isObject(usage) ? usage : {};
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
  return Object.fromEntries(
    ["prompt_tokens", "completion_tokens"]
      .filter((name) => isCount(counts[name]))
      .map((name) => [name, counts[name]]),
  );
}

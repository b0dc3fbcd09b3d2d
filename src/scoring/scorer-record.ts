// What a scoring program reads: one line of JSON for each trace, its parts as they were sent.
import type { Score } from "../contract/trace.ts";
import type { StreamedTrace } from "../store/stream-traces.ts";
import { outerMembers } from "../trace/outer-members.ts";

export interface ScorerRecord {
  id: string;
  /** `{"id","prompt","final_answer","steps","reference"}` and a line feed. */
  line: string;
  /** Whether scoring it has failed before: failing again says nothing of the program. */
  hasFailed: boolean;
}

const PARTS = ["prompt", "final_answer", "steps", "reference"];

/** Cut out rather than parsed: every digit stays. A line break can only stand between tokens, where a space does too. */
export function toScorerRecord(
  { id, payload, scores }: StreamedTrace,
  name: string,
  by: string,
): ScorerRecord {
  const members = outerMembers(payload);
  const parts = PARTS.map((key) => {
    const member = members.find((candidate) => candidate.key === key);
    const text = member === undefined ? "null" : payload.toString("utf8", member.start, member.end);
    return `,"${key}":${text.replace(/[\r\n]/g, " ")}`;
  });
  const given = scores === null ? [] : (JSON.parse(scores) as Score[]);
  const hasFailed = given.some(
    (score) => score.step_i === null && score.name === name && score.by === by && score.status === "error",
  );
  return { id, hasFailed, line: `{"id":"${id}"${parts.join("")}}\n` };
}

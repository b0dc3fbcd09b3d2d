// A native line may carry more than its trace: what an export wrote before it, or a time of one's own.
import { type Static, Type } from "typebox";
import { AppError } from "../contract/errors.ts";
import { Score, Uuid } from "../contract/trace.ts";
import { compileCheck } from "../contract/validate.ts";
import { cutMember } from "../trace/cut-member.ts";
import type { JsonDocument } from "../trace/json-document.ts";
import { type RowDefaults, toScoreRow } from "../trace/trace-row.ts";

/**
 * What stands before the trace's own members in an export line, `created_at` last:
 * {"id", "run", "split", "train_step", "scores", "created_at", …the trace as it was sent}.
 * A member is there only where the trace doesn't say the same itself.
 */
const Envelope = Type.Object(
  {
    id: Type.Optional(Uuid),
    run: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    split: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    train_step: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    scores: Type.Optional(Type.Array(Score)),
    created_at: Type.String({ format: "instant" }),
  },
  { additionalProperties: false },
);
const checkEnvelope = compileCheck(Envelope);

export interface Enveloped {
  document: JsonDocument;
  defaults: RowDefaults;
}

/** Takes the envelope off a native record; a record without `created_at` has none. */
export function readEnvelope(record: JsonDocument): Enveloped {
  const last = record.members.findIndex(({ key }) => key === "created_at");
  if (last === -1) return { document: record, defaults: {} };
  const before = record.members.slice(0, last + 1).map(({ key }) => key);
  // Among the trace's own members it stands alone.
  const isEnvelope = before.every((key) => Object.hasOwn(Envelope.properties, key));
  const keys = isEnvelope ? before : ["created_at"];
  const value = record.value as Record<string, unknown>;
  const envelope = Object.fromEntries(keys.map((key) => [key, value[key]])) as Static<typeof Envelope>;
  const [issue] = checkEnvelope(envelope);
  if (issue !== undefined) throw new AppError("invalid_trace", `${issue.message} at "${issue.pointer}"`);
  const first = last + 1 - keys.length;
  const document = keys.reduce((rest) => cutMember(rest, first).rest, record);
  return { document, defaults: toDefaults(envelope) };
}

function toDefaults({
  id,
  created_at,
  run,
  split,
  train_step,
  scores,
}: Static<typeof Envelope>): RowDefaults {
  return {
    createdAt: new Date(created_at),
    ...(id !== undefined && { id }),
    run,
    split,
    trainStep: train_step,
    ...(scores && { scores: scores.map((score) => toScoreRow(score, new Date(score.updated_at))) }),
  };
}

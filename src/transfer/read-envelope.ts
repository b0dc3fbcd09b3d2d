// A native line may carry more than its trace: what an export wrote before it, or a time of one's own.
import { type Static, Type } from "typebox";
import { AppError } from "../contract/errors.ts";
import { toUtcText } from "../contract/instant.ts";
import { NewRunName } from "../contract/run-name.ts";
import { Score, Uuid } from "../contract/trace.ts";
import { compileCheck } from "../contract/validate.ts";
import { findScoreIssues } from "../trace/check-trace.ts";
import { cutMember } from "../trace/cut-member.ts";
import { type JsonDocument, parseJsonBytes } from "../trace/json-document.ts";
import { type RowDefaults, toScoreRow } from "../trace/trace-row.ts";

const SPACE = 0x20;
const EnvelopeScore = Type.Object(
  {
    ...Score.properties,
    step_i: Type.Union([Type.Integer({ minimum: 0, maximum: 2_147_483_647 }), Type.Null()]),
    updated_at: Type.String({ format: "instant" }),
  },
  { additionalProperties: false },
);
const Offsets = Type.Array(Type.Integer({ minimum: 0 }));

/**
 * What stands before the trace's own members in an export line, `created_at` last:
 * {"id", "run", "split", "train_step", "scores", "sent_scores", "line_feeds", "carriage_returns", "created_at",
 * …the trace as it was sent}. A member is there only where the trace doesn't say the same itself. Line breaks
 * between the trace's tokens stand as spaces, and their offsets in its bytes in the two members named after them.
 * Scores that have changed take the place of the trace's own, which are cut out: their text, and its offset in bytes.
 */
export const Envelope = Type.Object(
  {
    id: Type.Optional(Uuid),
    run: Type.Optional(NewRunName("The run it belongs to")),
    split: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    train_step: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    scores: Type.Optional(Type.Array(EnvelopeScore)),
    sent_scores: Type.Optional(
      Type.Object(
        { offset: Type.Integer({ minimum: 0 }), text: Type.String() },
        { additionalProperties: false },
      ),
    ),
    line_feeds: Type.Optional(Offsets),
    carriage_returns: Type.Optional(Offsets),
    created_at: Type.String({ format: "instant" }),
  },
  { additionalProperties: false },
);
export type Envelope = Static<typeof Envelope>;
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
  const envelope = Object.fromEntries(keys.map((key) => [key, value[key]])) as Envelope;
  const [issue] = checkEnvelope(envelope);
  if (issue !== undefined) throw new AppError("invalid_trace", `${issue.message} at "${issue.pointer}"`);
  const first = last + 1 - keys.length;
  const document = keys.reduce((rest) => cutMember(rest, first).rest, record);
  refuseBadScores(document, envelope);
  return { document: asSent(document, envelope), defaults: toDefaults(envelope) };
}

/** What a schema cannot say of scores, as for those inside a trace. */
function refuseBadScores({ value }: JsonDocument, { scores = [] }: Envelope): void {
  const { steps } = value as { steps?: unknown };
  const indices = new Set(Array.isArray(steps) ? steps.map((step) => step?.i) : []);
  const [issue] = findScoreIssues(scores, indices);
  if (issue !== undefined) throw new AppError("invalid_trace", `${issue.message} at "${issue.pointer}"`);
}

/**
 * With its line breaks and its own scores. Parsed anew, so that a line break within a string, where none can stand, is
 * refused, and so is what makes it no JSON.
 */
function asSent(document: JsonDocument, envelope: Envelope): JsonDocument {
  const { line_feeds = [], carriage_returns = [], sent_scores } = envelope;
  if (line_feeds.length === 0 && carriage_returns.length === 0 && sent_scores === undefined) return document;
  const bytes = Buffer.from(document.text);
  const put = (offsets: readonly number[], lineBreak: string, member: string) => {
    for (const offset of offsets) {
      if (bytes[offset] !== SPACE)
        throw new AppError("invalid_trace", `No space is at ${offset} of the trace, at "/${member}"`);
      bytes.write(lineBreak, offset);
    }
  };
  put(line_feeds, "\n", "line_feeds");
  put(carriage_returns, "\r", "carriage_returns");
  if (sent_scores === undefined) return parseJsonBytes(bytes);
  const { offset, text } = sent_scores;
  return parseJsonBytes(
    Buffer.concat([bytes.subarray(0, offset), Buffer.from(text), bytes.subarray(offset)]),
  );
}

function toDefaults({ id, created_at, run, split, train_step, scores }: Envelope): RowDefaults {
  return {
    createdAt: new Date(toUtcText(created_at)),
    ...(id !== undefined && { id }),
    movedTo: { run, split, trainStep: train_step },
    ...(scores && {
      scores: scores.map((score) => toScoreRow(score, new Date(toUtcText(score.updated_at)))),
    }),
  };
}

// Scores that come by themselves: a record of them, what became of each, and which may be deleted.
import { type Static, Type } from "typebox";
import { RunName } from "./run-name.ts";
import { TraceScore, Uuid } from "./trace.ts";

const closed = { additionalProperties: false } as const;

const TraceId = { ...Uuid, description: "The trace that is scored" };

export const ScoreRecord = Type.Object(
  {
    trace_id: Type.Optional(TraceId),
    id: Type.Optional({ ...TraceId, description: "The same as `trace_id`; one of them is needed" }),
    ...TraceScore.properties,
  },
  { ...closed, description: "A score of a trace, or of a step where `step_i` is there" },
);
export type ScoreRecord = Static<typeof ScoreRecord>;

export const ScoreRecords = Type.Array(ScoreRecord, { description: "The scores; or a line each" });

const ScoreResult = Type.Object(
  {
    line: Type.Integer({ description: "The record's line, or its place in a JSON array, from 1" }),
    status: Type.Integer({
      description: "200 when it is stored, 404 when there is no such trace, another when it is not valid",
    }),
    code: Type.Optional(Type.String({ description: "Why it is not stored: a stable word for programs" })),
    message: Type.Optional(Type.String({ description: "The same in a sentence" })),
  },
  closed,
);
export type ScoreResult = Static<typeof ScoreResult>;

export const ScoreReport = Type.Object(
  {
    records: Type.Integer({ description: "Records read" }),
    stored: Type.Integer({ description: "Scores written, new ones and those that took another's place" }),
    not_found: Type.Integer({ description: "Records of traces that are not there" }),
    invalid: Type.Integer({ description: "Records that are no scores" }),
    results: Type.Array(ScoreResult, {
      description:
        "What became of each record, in their order. Of more than 1,000 records only of those that were not stored, the first 1,000",
    }),
  },
  closed,
);
export type ScoreReport = Static<typeof ScoreReport>;

/** Which scores are meant: all that is given must hold. */
export const ScoreSelection = Type.Object(
  {
    run: Type.Optional(RunName("Scores of this run's traces")),
    trace_id: Type.Optional({ ...Uuid, description: "Scores of this trace" }),
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: "Scores of this name, such as reward" }),
    ),
    by: Type.Optional(
      Type.String({
        maxLength: 128,
        description: "Scores that this one gave; empty for those nobody signed",
      }),
    ),
  },
  closed,
);
export type ScoreSelection = Static<typeof ScoreSelection>;

export const DeleteScoresQuery = Type.Object(
  {
    ...ScoreSelection.properties,
    dry_run: Type.Optional(
      Type.Enum(["true", "false"], { description: "true only counts, and deletes nothing" }),
    ),
  },
  closed,
);

export const ScoresDeleted = Type.Object(
  { deleted: Type.Integer({ description: "Scores deleted; with dry_run those that would be" }) },
  closed,
);

/** A line that a scoring program writes for a record it has read. */
export const ScorerAnswer = Type.Object(
  {
    id: Type.String({ description: "The record's id" }),
    value: Type.Optional(TraceScore.properties.value),
    status: TraceScore.properties.status,
    comment: TraceScore.properties.comment,
  },
  closed,
);
export type ScorerAnswer = Static<typeof ScorerAnswer>;

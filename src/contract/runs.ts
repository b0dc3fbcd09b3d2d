// Runs on the wire: what they hold, and what can be changed of them.
import { type Static, Type } from "typebox";
import {
  Count,
  closed,
  cursor,
  limit,
  Nullable,
  Pagination,
  Split,
  Timestamp,
  TrainStep,
} from "./run-members.ts";
import { NewRunName, RunName } from "./run-name.ts";

export const RunParams = Type.Object({
  run: RunName("The run's name, percent-encoded: a slash is %2F"),
});

export const Run = Type.Object(
  {
    name: Type.String(),
    created_at: Timestamp("When a trace first named it"),
    hidden: Type.Boolean({ description: "Whether its traces are left out of every answer" }),
    config: Type.Unsafe<Record<string, unknown>>({
      type: "object",
      additionalProperties: true,
      description: "Whatever is worth knowing about the run",
    }),
    traces: Count("Traces in the run"),
    splits: Type.Array(Split, { description: "The splits seen" }),
    train_steps: Type.Object(
      {
        count: Count("Different training steps seen"),
        min: TrainStep,
        max: TrainStep,
      },
      closed,
    ),
    last_activity: Nullable(Timestamp("When a trace or score of it was last added, changed or deleted")),
  },
  closed,
);
export type Run = Static<typeof Run>;

export const RunsQuery = Type.Object(
  {
    name: Type.Optional(RunName("Only the run of exactly this name: reaches names that no path can spell")),
    hidden: Type.Optional(
      Type.Enum(["false", "true", "any"], { default: "false", description: "Which runs to list" }),
    ),
    limit,
    cursor,
  },
  closed,
);
export type RunsQuery = Static<typeof RunsQuery>;

export const RunPage = Type.Object({ data: Type.Array(Run), pagination: Pagination }, closed);
export type RunPage = Static<typeof RunPage>;

export const RunPatch = Type.Object(
  {
    name: Type.Optional(NewRunName("A new name; its traces follow")),
    hidden: Type.Optional(Type.Boolean({ description: "Leaves its traces out of every answer, or not" })),
    config: Type.Optional(
      Nullable(
        Type.Unsafe<Record<string, unknown>>({
          type: "object",
          additionalProperties: true,
          description:
            "Merged into what is there: a member that is null is removed, an object is merged likewise; null empties it",
        }),
      ),
    ),
  },
  { ...closed, description: "A JSON merge patch (RFC 7396) of the run" },
);
export type RunPatch = Static<typeof RunPatch>;

export const RunDeleted = Type.Object(
  {
    name: Type.String(),
    traces: Count("Traces that are gone from every answer, and are now being deleted"),
  },
  closed,
);
export type RunDeleted = Static<typeof RunDeleted>;

// Members that several shapes of runs and of their figures share.
import { Type } from "typebox";

export const closed = { additionalProperties: false } as const;
const MAX_INT32 = 2_147_483_647;

export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const Count = (description: string) => Type.Integer({ minimum: 0, description });
export const Figure = (description: string) => Nullable(Type.Number({ description }));
export const Share = (description: string) =>
  Nullable(Type.Number({ minimum: 0, maximum: 1, description: `${description}, from 0 to 1` }));
export const Timestamp = (description: string) =>
  Type.String({ description: `${description}, ISO 8601 in UTC with milliseconds` });
export const Split = Nullable(
  Type.String({ description: "train, validation, …; null where none was named" }),
);
export const TrainStep = Nullable(Type.Integer({ description: "Null where none was named" }));
export const StepNumber = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_INT32, description }));

export const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Items on a page" }),
);
export const cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 2_000, description: "`next_cursor` of the page before" }),
);
export const score = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 128,
    default: "reward",
    description: "The score's name. Of several `by` the newest valid one counts.",
  }),
);
export const threshold = Type.Optional(
  Type.Number({ default: 1, description: "A rollout counts as correct when its score is this or more" }),
);
export const splitFilter = Type.Optional(
  Type.String({ maxLength: 64, description: "Only this split; empty for rollouts without one" }),
);

export const Pagination = Type.Object(
  { limit: Type.Integer(), next_cursor: Nullable(Type.String()) },
  { ...closed, description: "`next_cursor` is null on the last page" },
);

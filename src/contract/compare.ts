// Two traces side by side: what they share and where they part.
import { type Static, Type } from "typebox";
import { TraceRead } from "./pages.ts";
import { Uuid } from "./trace.ts";

const closed = { additionalProperties: false } as const;

export const CompareQuery = Type.Object(
  {
    base: { ...Uuid, description: "The id of the trace to start from" },
    other: { ...Uuid, description: "The id of the trace to compare with it" },
  },
  closed,
);

export const TextPart = Type.Object(
  {
    op: Type.Enum(["equal", "removed", "added"]),
    text: Type.String(),
  },
  {
    ...closed,
    description: "Equal and removed parts make up the base's text, equal and added ones the other's",
  },
);
export type TextPart = Static<typeof TextPart>;

export const TextDifference = Type.Object(
  {
    by: Type.Enum(["words", "ends"], {
      description:
        "`ends`: too long or too different for words; only what both begin and end with is told apart",
    }),
    parts: Type.Array(TextPart),
  },
  closed,
);
export type TextDifference = Static<typeof TextDifference>;

const difference = Type.Optional(TextDifference);

export const TextComparison = Type.Object(
  {
    op: Type.Enum(["equal", "changed", "added", "removed"], {
      description: "`added`: only the other trace has this text; `removed`: only the base",
    }),
    difference,
  },
  closed,
);
export type TextComparison = Static<typeof TextComparison>;

const place = (whose: string) =>
  Type.Optional(
    Type.Integer({ description: `Place in the ${whose}'s steps, from 0 (not the step's \`i\`)` }),
  );

export const StepComparison = Type.Object(
  {
    op: Type.Enum(["equal", "changed", "added", "removed"], {
      description: "Equal steps may differ in `i`, `turn` and `call_id`",
    }),
    base: place("base"),
    other: place("other trace"),
    members: Type.Optional(Type.Array(Type.String(), { description: "What differs between changed steps" })),
    difference: Type.Optional({ ...TextDifference, description: "Of the steps' content, where it changed" }),
  },
  closed,
);
export type StepComparison = Static<typeof StepComparison>;

const comparison = {
  prompt: TextComparison,
  final_answer: TextComparison,
  steps: Type.Array(StepComparison, { description: "The steps of both, each once, in order" }),
  is_coarse: Type.Boolean({
    description:
      "Part of it was too large to compare in full: a text by its ends, or steps paired by their place",
  }),
};

export const Comparison = Type.Object(comparison, closed);
export type Comparison = Static<typeof Comparison>;

export const TraceComparison = Type.Object({ base: TraceRead, other: TraceRead, ...comparison }, closed);

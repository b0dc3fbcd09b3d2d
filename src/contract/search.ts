// What a search adds to a list.
import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;

export const SearchExcerpt = Type.Object(
  {
    place: Type.Enum(["prompt", "message", "step", "args", "answer"], {
      description: "Where in the trace it stands; `args` are a step's arguments",
    }),
    message: Type.Optional(Type.Integer({ description: "The message's place among the messages, from 0" })),
    step: Type.Optional(Type.Integer({ description: "The step's place among the steps, from 0" })),
    i: Type.Optional(Type.Integer({ description: "The step's `i`" })),
    parts: Type.Array(Type.Object({ text: Type.String(), hit: Type.Optional(Type.Literal(true)) }, closed), {
      description: "Joined they are the excerpt; those with `hit` are what was looked for",
    }),
  },
  { ...closed, description: "A part of a trace's text around what was found" },
);
export type SearchExcerpt = Static<typeof SearchExcerpt>;

export const IndexState = Type.Object(
  {
    pending: Type.Integer({ description: "Traces that came or went and are not in the search index yet" }),
    oldest_seconds: Type.Union([Type.Number(), Type.Null()], {
      description: "Since when the oldest of them waits; null when none does",
    }),
  },
  closed,
);
export type IndexState = Static<typeof IndexState>;

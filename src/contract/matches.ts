// Matches of a regular expression, as they are streamed.
import { type Static, Type } from "typebox";
import { type DottedFilters, dotted, TraceFilters } from "./filters.ts";
import { SearchExcerpt } from "./search.ts";

const closed = { additionalProperties: false } as const;

export const MatchQuery = Type.Object(
  {
    match: Type.String({
      minLength: 1,
      maxLength: 300,
      description:
        "A regular expression in RE2's syntax: no look-around and no back references; `(?i)` ignores case. Matches of nothing are left out.",
    }),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, default: 100, description: "Matches at most" }),
    ),
    ...TraceFilters.properties,
  },
  { ...dotted, ...closed },
);
export type MatchQuery = Static<typeof MatchQuery> & DottedFilters;

export const TraceMatch = Type.Object(
  { id: Type.String(), ...SearchExcerpt.properties },
  { ...closed, description: "One match, within its line" },
);
export type TraceMatch = Static<typeof TraceMatch>;

export const MatchSummary = Type.Object(
  {
    traces: Type.Integer({ description: "Traces read" }),
    bytes: Type.Integer({ description: "Bytes of their JSON" }),
    matches: Type.Integer(),
    is_complete: Type.Boolean({
      description: "Whether all traces that pass the filters were read to their ends",
    }),
    stopped_by: Type.Union([Type.Enum(["limit", "bytes", "time"]), Type.Null()], {
      description: "The bound that was met: of matches, of 1 GB read, or of a minute",
    }),
  },
  { ...closed, description: "The last line: what was read" },
);
export type MatchSummary = Static<typeof MatchSummary>;

// What is counted over traces: statistics, facets, deletion.
import { type Static, Type } from "typebox";
import { type DottedFilters, dotted, TraceFilters } from "./filters.ts";

const closed = { additionalProperties: false } as const;

const approximation = {
  approximate: Type.Boolean({
    description:
      "Whether the counts were reckoned from a random sample, or of a phrase by what the search index knows, instead of counted",
  }),
  sampled_share: Type.Number({ description: "The share of the store that was looked at; 1 when all was" }),
};

const Counted = Type.Array(
  Type.Object({ value: Type.Union([Type.String(), Type.Null()]), count: Type.Integer() }, closed),
);

const Histogram = Type.Array(
  Type.Object(
    {
      from: Type.Integer({ description: "The least that falls in here" }),
      below: Type.Union([Type.Integer(), Type.Null()], { description: "The next bucket's `from`" }),
      count: Type.Integer(),
    },
    closed,
  ),
  { description: "Buckets from one power of two to the next; empty ones are left out" },
);

export const TraceStats = Type.Object(
  {
    traces: Type.Integer({ description: "How many traces there are" }),
    ...approximation,
    by: Type.Object(
      {
        version: Counted,
        run: Counted,
        source: Counted,
        model: Counted,
        tag: Counted,
        finish_reason: Counted,
        day: Counted,
      },
      {
        ...closed,
        description:
          "Counts by value, largest first, null for traces without; the first 100. Days newest first, the last 400 on which traces came.",
      },
    ),
    histograms: Type.Object({ steps: Histogram, chars: Histogram, tokens: Histogram }, closed),
  },
  closed,
);
export type TraceStats = Static<typeof TraceStats>;

export const facetFields = [
  "source",
  "model",
  "tag",
  "run",
  "split",
  "finish_reason",
  "step_type",
  "version",
  "score",
  "meta",
] as const;
export type FacetField = (typeof facetFields)[number];

export const FacetsQuery = Type.Object(
  {
    field: Type.Enum([...facetFields], {
      description: "Whose values: `score` gives the scores' names, `meta` the keys of `meta`",
    }),
    prefix: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: "Only values that begin with this" }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Values at most" }),
    ),
    ...TraceFilters.properties,
  },
  { ...dotted, ...closed },
);
export type FacetsQuery = Static<typeof FacetsQuery> & DottedFilters;

export const Facets = Type.Object({ data: Counted, ...approximation }, closed);
export type Facets = Static<typeof Facets>;

export const DeleteQuery = Type.Object(
  {
    dry_run: Type.Optional(Type.Enum(["true", "false"], { description: "`true` only counts" })),
    ...TraceFilters.properties,
  },
  { ...dotted, ...closed },
);

export const Deleted = Type.Object(
  {
    deleted: Type.Integer({ description: "How many traces are gone, or would be" }),
    dry_run: Type.Boolean(),
  },
  closed,
);
export type Deleted = Static<typeof Deleted>;

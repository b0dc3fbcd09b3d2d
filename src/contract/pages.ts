// Answers and query parameters of the HTTP calls.
import { type Static, Type } from "typebox";
import { type DottedFilters, dotted, TraceFilters } from "./filters.ts";
import { SearchExcerpt } from "./search.ts";
import { Score, Uuid } from "./trace.ts";

const closed = { additionalProperties: false } as const;
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const Timestamp = Type.String({
  description: "ISO 8601 in UTC with milliseconds",
  examples: ["2026-01-31T12:00:00.000Z"],
});

export const TraceIdParams = Type.Object({ id: Uuid });

export const TraceCreated = Type.Object(
  { id: Type.String(), created_at: Timestamp, trace_version: Type.String() },
  closed,
);
export type TraceCreated = Static<typeof TraceCreated>;

export const TraceRead = Type.Object(
  {
    id: Type.String(),
    created_at: Timestamp,
    trace_version: Type.String(),
    payload: Type.Unknown({ description: "The trace as it was sent" }),
  },
  closed,
);

export const GetTraceQuery = Type.Object(
  { include: Type.Optional(Type.Enum(["tokens"], { description: "`tokens` adds the token arrays" })) },
  closed,
);

export const TraceItem = Type.Object(
  {
    id: Type.String(),
    created_at: Timestamp,
    trace_version: Type.String(),
    prompt_excerpt: Type.String({ description: "The first 200 characters of the prompt" }),
    answer_excerpt: Nullable(Type.String({ description: "The first 200 characters of the answer" })),
    step_count: Type.Integer(),
    step_types: Type.Array(Type.String(), {
      description: "The types of its steps, each once, as they first come; at most 15",
    }),
    step_outline: Nullable(
      Type.String({
        description:
          "The steps as a bar: two hexadecimal digits a step, or for each of 24 stretches where there are more. First the place in `step_types` (f: another type), then ⌊log2⌋ of the characters (f: 15 or more). Null for traces stored before there was one.",
      }),
    ),
    char_count: Type.Integer({ description: "Characters of prompt, steps and answer together" }),
    completion_tokens: Nullable(Type.Integer()),
    run: Nullable(Type.String()),
    split: Nullable(Type.String()),
    train_step: Nullable(Type.Integer()),
    group: Type.String({ description: "The prompt_key: samples of one prompt share it" }),
    sample_index: Nullable(Type.Integer()),
    source: Nullable(Type.String()),
    model: Nullable(Type.String()),
    finish_reason: Nullable(Type.String()),
    reward: Nullable(Type.Number()),
    tags: Type.Array(Type.String()),
    excerpts: Type.Optional(
      Type.Array(SearchExcerpt, { description: "Where what `q` asks for stands, up to three of the texts" }),
    ),
  },
  closed,
);
export type TraceItem = Static<typeof TraceItem>;

export const traceSorts = [
  "newest",
  "oldest",
  "most_steps",
  "fewest_steps",
  "longest",
  "shortest",
  "most_tokens",
  "fewest_tokens",
  "reward_high",
  "reward_low",
] as const;
export type TraceSort = (typeof traceSorts)[number];

export const ListQuery = Type.Object(
  {
    sort: Type.Optional(
      Type.Enum([...traceSorts], {
        default: "newest",
        description:
          "What stands first; traces without tokens or reward come last in either order of those. Ties are ordered by id.",
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Items on a page" }),
    ),
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: "Items to skip; not together with a cursor",
      }),
    ),
    cursor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1_000, description: "`next_cursor` of the page before" }),
    ),
    ...TraceFilters.properties,
  },
  { ...dotted, ...closed },
);
export type ListQuery = Static<typeof ListQuery> & DottedFilters;

export const TracePage = Type.Object(
  {
    data: Type.Array(TraceItem),
    pagination: Type.Object(
      {
        limit: Type.Integer(),
        offset: Nullable(Type.Integer()),
        next_offset: Nullable(Type.Integer()),
        next_cursor: Nullable(
          Type.String({
            description: "With `q`, a page that took long is given short, or even empty, and goes on here",
          }),
        ),
      },
      closed,
    ),
  },
  closed,
);
export type TracePage = Static<typeof TracePage>;

export const ScoreList = Type.Object({ data: Type.Array(Score) }, closed);
export type ScoreList = Static<typeof ScoreList>;

export const Health = Type.Object({ status: Type.Literal("healthy") }, closed);

const Check = Type.Object(
  {
    status: Type.Enum(["healthy", "down"]),
    latency_ms: Type.Optional(Type.Number()),
    error: Type.Optional(Type.String()),
  },
  closed,
);

export const Readiness = Type.Object(
  {
    status: Type.Enum(["ready", "not_ready"]),
    checks: Type.Object({ database: Check, migrations: Check }, closed),
  },
  closed,
);
export type Readiness = Static<typeof Readiness>;

export const RediHealth = Type.Object(
  { status: Type.Enum(["healthy", "down"]), error: Type.Optional(Type.String()) },
  closed,
);
export type RediHealth = Static<typeof RediHealth>;

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "What went wrong and what to do, in a sentence" }),
    code: Type.String({ description: "A stable word for programs" }),
    request_id: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            pointer: Type.String({ description: "JSON pointer to the fault in what was sent" }),
            message: Type.String(),
            code: Type.String(),
            line: Type.Optional(Type.Integer({ description: "The line of an import's record, from 1" })),
          },
          closed,
        ),
      ),
    ),
  },
  { ...closed, description: "An error, as RFC 9457 has it" },
);
export type Problem = Static<typeof Problem>;

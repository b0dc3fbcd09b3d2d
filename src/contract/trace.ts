// What a trace is, on the wire. Limits on text count Unicode code points.
import { type Static, Type } from "typebox";
import { NewRunName } from "./run-name.ts";

const MAX_INT32 = 2_147_483_647;

const closed = { additionalProperties: false } as const;
const Int = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_INT32, description });
const Text = (minLength: number, maxLength: number, description: string) =>
  Type.String({ minLength, maxLength, description });
const JsonObject = (description: string) =>
  Type.Unsafe<Record<string, unknown>>({ type: "object", description });

/** Optional members may also be sent as null: that is how most serialisers write "none". */
const Maybe = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

export const Uuid = Type.String({
  pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
  description: "A UUID",
});

const ClientId = Type.Optional({
  ...Uuid,
  description:
    "A UUID chosen by the client. It makes the call idempotent: the same trace under the same id is stored once.",
});

const Meta = Maybe(
  JsonObject("Anything else worth keeping. Well-known keys: `source` (string) and `tags` (strings)."),
);

const Step10 = Type.Object(
  {
    i: Int("Index of the step, unique within the trace"),
    type: Text(1, 64, "What kind of step this is: a free vocabulary"),
    content: Text(1, 20_000, "The step's text"),
  },
  closed,
);

export const Trace10 = Type.Object(
  {
    trace_version: Type.Literal("1.0"),
    id: ClientId,
    prompt: Text(1, 50_000, "What the model was asked"),
    final_answer: Text(1, 50_000, "What the model answered"),
    steps: Type.Array(Step10, { minItems: 1, maxItems: 1_000, description: "The steps, in order" }),
    meta: Meta,
  },
  { ...closed, title: "Trace 1.0" },
);

const Step11 = Type.Object(
  {
    i: Int("Index of the step, unique within the trace"),
    type: Text(1, 64, "What kind of step this is, for example thinking, tool_call, tool_result"),
    content: Text(0, 1_000_000, "The step's text; empty when there was none"),
    role: Maybe(Text(1, 64, "Who produced the step, for example assistant or tool")),
    turn: Maybe(Int("The turn of the conversation the step belongs to")),
    before: Maybe(Text(0, 1_000_000, "Text of the completion right before the content, e.g. a tag")),
    after: Maybe(Text(0, 1_000_000, "Text of the completion right after the content")),
    name: Maybe(Text(1, 256, "Name of the tool called")),
    call_id: Maybe(Text(1, 256, "Ties a tool's result to its call")),
    args: Type.Optional(Type.Unknown({ description: "Arguments of the call: any JSON" })),
  },
  closed,
);

const Message = Type.Object(
  {
    role: Text(1, 64, "system, user, assistant, tool, …"),
    content: Type.Optional(
      Type.Union([
        Type.String({ maxLength: 2_000_000 }),
        Type.Array(Type.Object({ type: Text(1, 64, "text, image, …") }, { additionalProperties: true })),
        Type.Null(),
      ]),
    ),
  },
  { additionalProperties: true, description: "A message, with whatever else its API puts on it" },
);

const Rollout = Type.Object(
  {
    run: Maybe(NewRunName("The training or evaluation run the trace belongs to")),
    split: Maybe(Text(1, 64, "train, validation, …")),
    train_step: Maybe(Int("Training step of the policy that produced the trace")),
    prompt_id: Maybe(Text(1, 256, "Names the prompt; samples of one prompt form a group")),
    sample_index: Maybe(Int("Which sample of the group this is")),
    attempt: Maybe(Int("Which attempt at the sample this is")),
    policy_version: Maybe(Text(1, 256, "The weights that produced the trace")),
    parent_id: Maybe(Text(1, 256, "The trace this one was spawned by")),
  },
  closed,
);

export const finishReasons = ["stop", "length", "tool", "abort", "error", "unknown"] as const;

const Generation = Type.Object(
  {
    model: Maybe(Text(1, 256, "Name of the model")),
    engine: Maybe(Text(1, 256, "What served it")),
    sampling: Maybe(JsonObject("Sampling parameters")),
    finish_reason: Maybe(Type.Enum([...finishReasons])),
    prompt_tokens: Maybe(Int("Tokens in the prompt")),
    completion_tokens: Maybe(Int("Tokens in the completion")),
  },
  closed,
);

const Reference = Type.Object(
  {
    answer: Text(0, 1_000_000, "The answer known to be right"),
    kind: Maybe(Text(1, 64, "How to compare with it: math, text, code, …")),
  },
  closed,
);

export const scoreStatuses = ["ok", "invalid", "error", "pending"] as const;

const scoreMembers = {
  name: Text(1, 128, "What was measured, for example reward or correct"),
  value: Type.Union([Type.Number(), Type.Null()], {
    description: "The score; null unless the status is ok: a failed verifier is not a zero",
  }),
  status: Type.Enum([...scoreStatuses], { description: "Whether scoring succeeded" }),
  by: Type.String({ maxLength: 128, description: "Who or what gave the score, with its version" }),
  comment: Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()], { description: "Why" }),
};

export const TraceScore = Type.Object(
  {
    name: scoreMembers.name,
    value: Type.Optional(scoreMembers.value),
    status: Maybe(scoreMembers.status),
    by: Maybe(scoreMembers.by),
    step_i: Maybe(Int("The step scored, by its `i`; absent when the whole trace is")),
    comment: Type.Optional(scoreMembers.comment),
  },
  closed,
);

const Tokens = Type.Object(
  {
    tokenizer: Maybe(Text(1, 256, "Name of the tokenizer")),
    ids: Maybe(Type.Array(Type.Integer({ minimum: 0, maximum: MAX_INT32 }))),
    logprobs: Maybe(Type.Array(Type.Union([Type.Number(), Type.Null()]))),
    mask: Maybe(Type.Array(Type.Union([Type.Integer({ minimum: 0, maximum: 1 }), Type.Boolean()]))),
  },
  { ...closed, description: "Token arrays; kept apart and returned only with `include=tokens`" },
);

export const Trace11 = Type.Object(
  {
    trace_version: Type.Literal("1.1"),
    id: ClientId,
    prompt: Text(1, 2_000_000, "What the model was asked"),
    final_answer: Type.Union([Text(0, 1_000_000, "What the model answered"), Type.Null()]),
    messages: Maybe(Type.Array(Message, { description: "The prompt as messages, where there were any" })),
    tools: Maybe(Type.Array(JsonObject("A tool's definition"))),
    rollout: Maybe(Rollout),
    generation: Maybe(Generation),
    reference: Maybe(Reference),
    steps: Type.Array(Step11, { maxItems: 20_000, description: "The steps, in order" }),
    scores: Maybe(Type.Array(TraceScore, { maxItems: 100_000, description: "A first set of scores" })),
    tokens: Maybe(Tokens),
    meta: Meta,
  },
  { ...closed, title: "Trace 1.1" },
);

export const knownVersions = ["1.0", "1.1"] as const;

export const Trace = Type.Union([Trace10, Trace11], { description: "A reasoning trace" });
export type Trace10 = Static<typeof Trace10>;
export type Trace11 = Static<typeof Trace11>;
export type Trace = Trace10 | Trace11;

/** A score as it is stored and given out. */
export const Score = Type.Object(
  {
    step_i: Type.Union([Type.Integer(), Type.Null()], {
      description: "The step scored, by its `i`; null when the whole trace is",
    }),
    ...scoreMembers,
    updated_at: Type.String({ description: "When it was last written, ISO 8601 in UTC" }),
  },
  closed,
);
export type Score = Static<typeof Score>;

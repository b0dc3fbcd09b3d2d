// Runs on the wire: what they hold, their figures by training step, their groups, and one against another.
import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;
const MAX_INT32 = 2_147_483_647;

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Count = (description: string) => Type.Integer({ minimum: 0, description });
const Figure = (description: string) => Nullable(Type.Number({ description }));
const Share = (description: string) =>
  Nullable(Type.Number({ minimum: 0, maximum: 1, description: `${description}, from 0 to 1` }));
const Timestamp = (description: string) =>
  Type.String({ description: `${description}, ISO 8601 in UTC with milliseconds` });
const Split = Nullable(Type.String({ description: "train, validation, …; null where none was named" }));
const TrainStep = Nullable(Type.Integer({ description: "Null where none was named" }));
const RunName = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });
const StepNumber = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_INT32, description }));

const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 100, default: 20, description: "Items on a page" }),
);
const cursor = Type.Optional(
  Type.String({ minLength: 1, maxLength: 2_000, description: "`next_cursor` of the page before" }),
);
const score = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 128,
    default: "reward",
    description: "The score's name. Of several `by` the newest valid one counts.",
  }),
);
const threshold = Type.Optional(
  Type.Number({ default: 1, description: "A rollout counts as correct when its score is this or more" }),
);
const splitFilter = Type.Optional(
  Type.String({ maxLength: 64, description: "Only this split; empty for rollouts without one" }),
);

const Pagination = Type.Object(
  { limit: Type.Integer(), next_cursor: Nullable(Type.String()) },
  { ...closed, description: "`next_cursor` is null on the last page" },
);

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
    name: Type.Optional(RunName("A new name; its traces follow")),
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

export const CurveQuery = Type.Object(
  {
    score,
    threshold,
    split: splitFilter,
    k: Type.Optional(
      Type.String({
        default: "1",
        maxLength: 100,
        description: "The k of pass@k: up to 10 numbers from 1 to 10,000, with commas between",
        examples: ["1,4,16"],
      }),
    ),
  },
  closed,
);
export type CurveQuery = Static<typeof CurveQuery>;

const PassAtK = Type.Object(
  {
    k: Type.Integer(),
    value: Share("The mean over the prompts that have at least k valid rollouts"),
    prompts: Count("How many prompts these are"),
  },
  closed,
);

export const CurvePoint = Type.Object(
  {
    split: Split,
    train_step: TrainStep,
    prompts: Count("Groups: prompts that were sampled at this step"),
    rollouts: Count("Traces"),
    valid: Count("Rollouts with a valid score"),
    invalid: Count("Rollouts without: none, pending, failed or invalid. They are left out of what follows."),
    mean: Figure("The mean over prompts of their mean score"),
    mean_low: Figure("Lower end of its 95 % bootstrap interval over prompts; null below two prompts"),
    mean_high: Figure("Upper end of it"),
    resamples: Count("How many resamples the interval is made of; 0 where there is none"),
    pass_at_k: Type.Array(PassAtK, { description: "In the order of the k asked for" }),
    no_signal_share: Share("Groups whose valid scores are all equal, of the groups that have any"),
    tokens_p50: Figure("Median of the completion tokens, where known"),
    tokens_p95: Figure("Their 95th percentile"),
    truncated_share: Share("Rollouts that ended by length, of those whose finish reason is known"),
    length_gap: Figure(
      "Mean tokens of correct rollouts less those of wrong ones, within each group, averaged over groups",
    ),
    length_gap_prompts: Count("Groups that have both, and so a gap"),
  },
  closed,
);
export type CurvePoint = Static<typeof CurvePoint>;

export const Curve = Type.Object(
  {
    run: Type.String(),
    score: Type.String(),
    threshold: Type.Number(),
    data: Type.Array(CurvePoint, { description: "A point for each split and training step, in that order" }),
  },
  closed,
);
export type Curve = Static<typeof Curve>;

export const groupSorts = ["mixed", "all_wrong", "all_right", "biggest_change", "group"] as const;
export type GroupSort = (typeof groupSorts)[number];

export const GroupsQuery = Type.Object(
  {
    train_step: StepNumber("The training step; by default the last one seen"),
    split: splitFilter,
    score,
    threshold,
    sort: Type.Optional(
      Type.Enum([...groupSorts], {
        default: "mixed",
        description:
          "mixed: nearest to half correct first; all_wrong, all_right: fewest or most correct first; biggest_change: furthest from the previous step's mean first; group: by prompt_key. Groups it says nothing about come last.",
      }),
    ),
    limit,
    cursor,
  },
  closed,
);
export type GroupsQuery = Static<typeof GroupsQuery>;

const Majority = Type.Object(
  {
    answer: Type.String({ description: "The answer given most often (its first 200 characters)" }),
    rollouts: Count("How many rollouts gave it"),
    is_right: Nullable(
      Type.Boolean({
        description: "Whether most valid rollouts that gave it are correct; null if none is valid",
      }),
    ),
  },
  closed,
);

export const Group = Type.Object(
  {
    group: Type.String({ description: "The prompt_key" }),
    split: Split,
    prompt_excerpt: Type.String({ description: "The first 200 characters of the prompt" }),
    rollouts: Count("Traces"),
    valid: Count("Rollouts with a valid score"),
    invalid: Count("Rollouts without one"),
    correct: Count("Valid rollouts whose score reaches the threshold"),
    mean: Figure("Mean of the valid scores"),
    standard_deviation: Figure("Their population standard deviation"),
    has_signal: Nullable(Type.Boolean({ description: "Whether the valid scores differ" })),
    distinct_completions: Nullable(Count("Different completions; null where some are not known")),
    distinct_share: Share("Different completions, of all rollouts"),
    tokens_p50: Figure("Median of the completion tokens, where known"),
    tokens_p95: Figure("Their 95th percentile"),
    truncated_share: Share("Rollouts that ended by length, of those whose finish reason is known"),
    majority: Nullable(Majority),
    previous: Nullable(
      Type.Object(
        { train_step: Type.Integer(), mean: Type.Number() },
        { ...closed, description: "The same prompt in the last step before this one that has it scored" },
      ),
    ),
    change: Figure("The mean less that of `previous`"),
  },
  closed,
);
export type Group = Static<typeof Group>;

export const GroupPage = Type.Object(
  {
    run: Type.String(),
    train_step: TrainStep,
    score: Type.String(),
    threshold: Type.Number(),
    groups: Count("Groups in all"),
    data: Type.Array(Group),
    pagination: Pagination,
  },
  closed,
);
export type GroupPage = Static<typeof GroupPage>;

const comparisonSorts = ["losses", "gains"] as const;
const comparisonSides = ["both", "base", "other"] as const;

export const CompareRunsQuery = Type.Object(
  {
    base: RunName("The run compared with"),
    other: RunName("The run compared; it may be the same one at another step"),
    base_step: StepNumber("Only this training step of the base; else all of its rollouts"),
    other_step: StepNumber("Only this training step of the other"),
    split: splitFilter,
    score,
    sort: Type.Optional(
      Type.Enum([...comparisonSorts], {
        default: "losses",
        description: "Which differences come first: the most negative or the most positive",
      }),
    ),
    show: Type.Optional(
      Type.Enum([...comparisonSides], {
        default: "both",
        description: "Prompts scored on both sides, or only in the base, or only in the other",
      }),
    ),
    limit,
    cursor,
  },
  closed,
);
export type CompareRunsQuery = Static<typeof CompareRunsQuery>;

const Side = Type.Object(
  {
    run: Type.String(),
    train_step: TrainStep,
    prompts: Count("Prompts with a valid score"),
    rollouts: Count("Traces"),
    invalid: Count("Rollouts without a valid score; left out"),
    mean: Figure("The mean over the prompts that both sides have, of their mean score"),
  },
  closed,
);

const PromptMean = Nullable(
  Type.Object(
    { mean: Type.Number({ description: "Mean of the valid scores" }), valid: Type.Integer() },
    closed,
  ),
);

export const ComparedPrompt = Type.Object(
  {
    group: Type.String({ description: "The prompt_key" }),
    prompt_excerpt: Type.String(),
    base: PromptMean,
    other: PromptMean,
    difference: Figure("Other less base; null where one is missing"),
  },
  closed,
);
export type ComparedPrompt = Static<typeof ComparedPrompt>;

export const RunComparison = Type.Object(
  {
    score: Type.String(),
    base: Side,
    other: Side,
    prompts: Count("Prompts with a valid score on both sides"),
    won: Count("Of them, those with a greater mean in the other run"),
    lost: Count("Those with a smaller one"),
    tied: Count("Those with the same"),
    only_in_base: Count("Prompts with a valid score in the base alone"),
    only_in_other: Count("Prompts with a valid score in the other alone"),
    difference: Figure("The mean over prompts of their difference, other less base"),
    difference_low: Figure("Lower end of its 95 % paired bootstrap interval; null below two prompts"),
    difference_high: Figure("Upper end of it"),
    resamples: Count("How many resamples the interval is made of"),
    data: Type.Array(ComparedPrompt),
    pagination: Pagination,
  },
  closed,
);
export type RunComparison = Static<typeof RunComparison>;

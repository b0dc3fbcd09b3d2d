// A training step's groups: the samples of one prompt each.
import { type Static, Type } from "typebox";
import {
  Count,
  closed,
  cursor,
  Figure,
  limit,
  Nullable,
  Pagination,
  Share,
  Split,
  StepNumber,
  score,
  splitFilter,
  TrainStep,
  threshold,
} from "./run-members.ts";

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

/** More marks than this say nothing more about a group. */
export const MAX_SCORES = 64;

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
    scores: Type.Array(Nullable(Type.Number()), {
      maxItems: MAX_SCORES,
      description: `Its rollouts' scores, greatest first, null for those without a valid one; of more than ${MAX_SCORES} as many at even distances`,
    }),
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

export const SamplesQuery = Type.Object(
  {
    group: Type.String({ minLength: 1, maxLength: 1_000, description: "The group's prompt_key" }),
    train_step: StepNumber("The group's training step; left out for rollouts without one"),
    split: Type.Optional(
      Type.String({
        maxLength: 64,
        description: "The group's split; left out, or empty, for rollouts without one",
      }),
    ),
    score,
    limit,
    cursor,
  },
  closed,
);
export type SamplesQuery = Static<typeof SamplesQuery>;

export const Sample = Type.Object(
  {
    id: Type.String({ description: "The trace's id" }),
    sample_index: Nullable(Type.Integer()),
    score: Figure("The score; null where it has no valid one"),
    completion_tokens: Nullable(Type.Integer()),
    finish_reason: Nullable(Type.String()),
    answer_excerpt: Nullable(Type.String({ description: "The first 200 characters of the answer" })),
  },
  closed,
);
export type Sample = Static<typeof Sample>;

export const SamplePage = Type.Object(
  {
    run: Type.String(),
    group: Type.String(),
    split: Split,
    train_step: TrainStep,
    score: Type.String(),
    steps: Type.Array(
      Type.Object(
        {
          train_step: Type.Integer(),
          rollouts: Count("Its samples there"),
          valid: Count("Those with a valid score"),
          mean: Figure("Mean of the valid scores"),
        },
        closed,
      ),
      { description: "The training steps of the split that have sampled this prompt, in their order" },
    ),
    data: Type.Array(Sample, { description: "By sample_index, then id" }),
    pagination: Pagination,
  },
  closed,
);
export type SamplePage = Static<typeof SamplePage>;

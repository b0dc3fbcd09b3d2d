// One run against another, or two steps of one.
import { type Static, Type } from "typebox";
import {
  Count,
  closed,
  cursor,
  Figure,
  limit,
  Nullable,
  Pagination,
  Split,
  StepNumber,
  score,
  splitFilter,
  TrainStep,
} from "./run-members.ts";
import { RunName } from "./run-name.ts";

const comparisonSorts = ["losses", "gains", "changes"] as const;
export type ComparisonSort = (typeof comparisonSorts)[number];
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
        description:
          "Which differences come first: the most negative, the most positive, or the greatest of either sign",
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
    {
      mean: Type.Number({ description: "Mean of the valid scores" }),
      valid: Type.Integer(),
      split: Split,
      train_step: Nullable(Type.Integer({ description: "The last step that has scored the prompt" })),
    },
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

// The figures of a run by training step.
import { type Static, Type } from "typebox";
import {
  Count,
  closed,
  Figure,
  Share,
  Split,
  score,
  splitFilter,
  TrainStep,
  threshold,
} from "./run-members.ts";

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
    invalid: Count(
      "Rollouts without: none, pending, failed, invalid, or beyond ±1e100. They are left out of what follows.",
    ),
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

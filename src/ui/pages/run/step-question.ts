import type { GroupsQuery } from "../../../contract/groups.ts";

/** Which rollouts the page is about, and what makes them right. */
export interface StepQuestion {
  score: string;
  threshold: number;
  split: string | null;
  /** Undefined for rollouts without one. */
  step: number | undefined;
}

/** As parameters of the API, for which an empty split means none. */
export function toParameters({
  score,
  split,
  step,
}: StepQuestion): Pick<GroupsQuery, "score" | "split" | "train_step"> {
  return { score, split: split ?? "", ...(step !== undefined && { train_step: step }) };
}

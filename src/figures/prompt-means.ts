// The mean score of each prompt over any number of steps.
import { groupsOf, type StepRollouts } from "./step-rollouts.ts";

export interface PromptMean {
  mean: number;
  /** How many rollouts the mean is of. */
  valid: number;
  /** The last of the steps that has the prompt. */
  split: string | null;
  trainStep: number | null;
}

export interface PromptMeans {
  /** Prompts with a valid score, by prompt_key. */
  means: Map<string, PromptMean>;
  rollouts: number;
  invalid: number;
}

/** Every valid rollout of a prompt weighs the same, at whatever step it was taken. */
export function promptMeans(steps: Iterable<StepRollouts>): PromptMeans {
  const sums = new Map<string, Omit<PromptMean, "mean"> & { sum: number }>();
  let [rollouts, invalid] = [0, 0];
  for (const step of steps) {
    rollouts += step.scores.length;
    for (const { index, start, end } of groupsOf(step)) {
      let [sum, valid] = [0, 0];
      for (let rollout = start; rollout < end; rollout++) {
        const score = step.scores[rollout] as number;
        if (Number.isNaN(score)) continue;
        sum += score;
        valid++;
      }
      invalid += end - start - valid;
      if (valid === 0) continue;
      const promptKey = step.promptKeys[index] as string;
      const { split, trainStep } = step;
      const known = sums.get(promptKey);
      if (known === undefined) sums.set(promptKey, { sum, valid, split, trainStep });
      else Object.assign(known, { sum: known.sum + sum, valid: known.valid + valid, split, trainStep });
    }
  }
  const means = new Map(
    [...sums].map(([promptKey, { sum, ...rest }]) => [promptKey, { mean: sum / rest.valid, ...rest }]),
  );
  return { means, rollouts, invalid };
}

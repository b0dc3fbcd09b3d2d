// What the scores of one group say: the samples of one prompt at one training step.
import type { GroupRange, StepRollouts } from "./step-rollouts.ts";

export interface GroupScores {
  rollouts: number;
  /** Rollouts with a valid score; the others are left out of all that follows. */
  valid: number;
  /** Valid rollouts whose score reaches the threshold. */
  correct: number;
  mean: number | null;
  /** Of the population: the group is all there is of it, and GRPO divides by it so. */
  standardDeviation: number | null;
  /**
   * Whether the valid scores differ. Where they don't, every advantage is zero and the group teaches nothing
   * (GRPO: Shao et al., DeepSeekMath, 2024, section 4.1; DAPO, Yu et al., 2025, drops such groups).
   */
  hasSignal: boolean | null;
  /** Mean tokens of the correct less mean tokens of the wrong, where tokens are known; null unless both are there. */
  lengthGap: number | null;
}

export function groupScores(
  { scores, tokens }: Pick<StepRollouts, "scores" | "tokens">,
  { start, end }: GroupRange,
  threshold: number,
): GroupScores {
  let [valid, correct, sum] = [0, 0, 0];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [rightTokens, rightCount, wrongTokens, wrongCount] = [0, 0, 0, 0];
  for (let rollout = start; rollout < end; rollout++) {
    const score = scores[rollout] as number;
    if (Number.isNaN(score)) continue;
    const isCorrect = score >= threshold;
    valid++;
    sum += score;
    if (isCorrect) correct++;
    if (score < least) least = score;
    if (score > most) most = score;
    const length = tokens[rollout] as number;
    if (length < 0) continue;
    if (isCorrect) {
      rightTokens += length;
      rightCount++;
    } else {
      wrongTokens += length;
      wrongCount++;
    }
  }
  const mean = valid === 0 ? null : least === most ? least : sum / valid;
  return {
    rollouts: end - start,
    valid,
    correct,
    mean,
    standardDeviation: mean === null ? null : deviation(scores.subarray(start, end), mean, valid),
    hasSignal: valid === 0 ? null : least !== most,
    lengthGap:
      rightCount === 0 || wrongCount === 0 ? null : rightTokens / rightCount - wrongTokens / wrongCount,
  };
}

function deviation(scores: Float64Array, mean: number, valid: number): number {
  let squares = 0;
  for (const score of scores) if (!Number.isNaN(score)) squares += (score - mean) ** 2;
  return Math.sqrt(squares / valid);
}

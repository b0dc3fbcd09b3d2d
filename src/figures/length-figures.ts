// How long completions are, and how many of them were cut off.
import { percentile } from "./percentile.ts";
import type { StepRollouts } from "./step-rollouts.ts";

export interface LengthFigures {
  tokens_p50: number | null;
  tokens_p95: number | null;
  /** Of the rollouts whose finish reason is known. */
  truncated_share: number | null;
}

/** Of the rollouts from `start` up to `end`. */
export function lengthFigures(
  { tokens, truncated }: Pick<StepRollouts, "tokens" | "truncated">,
  start: number,
  end: number,
): LengthFigures {
  const known = tokens.slice(start, end).sort();
  // Those that are not known are -1, and so come first.
  const firstKnown = known.findIndex((count) => count >= 0);
  const sorted = firstKnown === -1 ? known.subarray(0, 0) : known.subarray(firstKnown);
  let [ended, cut] = [0, 0];
  for (let rollout = start; rollout < end; rollout++) {
    const state = truncated[rollout] as number;
    if (state >= 0) ended++;
    if (state === 1) cut++;
  }
  return {
    tokens_p50: percentile(sorted, 0.5),
    tokens_p95: percentile(sorted, 0.95),
    truncated_share: ended === 0 ? null : cut / ended,
  };
}

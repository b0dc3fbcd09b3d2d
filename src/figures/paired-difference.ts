// One set of prompts under two policies: who wins where, and by how much on average.
import { bootstrapMean, type Interval } from "./bootstrap-mean.ts";

/** What two means of the same scores may differ by when they were summed up in another order. */
const ROUNDING = 1e-9;

export interface PairedDifference {
  won: number;
  lost: number;
  tied: number;
  mean: number | null;
  /**
   * Drawn over the differences, so that a prompt brings both of its sides: what the prompts have in common does
   * not widen it.
   */
  interval: Interval | null;
}

/** @param differences other less base, an element for each prompt that both sides have */
export function pairedDifference(differences: Float64Array): PairedDifference {
  let [won, lost, sum] = [0, 0, 0];
  for (const difference of differences) {
    sum += difference;
    if (difference > ROUNDING) won++;
    else if (difference < -ROUNDING) lost++;
  }
  return {
    won,
    lost,
    tied: differences.length - won - lost,
    mean: differences.length === 0 ? null : sum / differences.length,
    interval: bootstrapMean(differences),
  };
}

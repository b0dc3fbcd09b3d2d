/** How a score is drawn: by shape whether it is correct, by colour how near it comes. */
export interface ScoreMark {
  kind: "right" | "wrong" | "none";
  /** From 0, the least score there is, to 1, the threshold. */
  share: number;
}

/** @param least the least score of those shown together */
export function markScore(score: number | null, threshold: number, least: number): ScoreMark {
  if (score === null) return { kind: "none", share: 0 };
  if (score >= threshold) return { kind: "right", share: 1 };
  const low = Math.min(0, least);
  return { kind: "wrong", share: threshold > low ? Math.max(0, (score - low) / (threshold - low)) : 0 };
}

/** "3 correct, 12 not, 1 without a valid score": what the marks say, in words. */
export function describeScores(scores: readonly (number | null)[], threshold: number): string {
  const valid = scores.filter((score) => score !== null);
  const right = valid.filter((score) => score >= threshold).length;
  const invalid = scores.length - valid.length;
  return [
    `${right} correct`,
    `${valid.length - right} not`,
    ...(invalid > 0 ? [`${invalid} without a valid score`] : []),
  ].join(", ");
}

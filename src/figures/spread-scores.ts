/** Scores, greatest first, those that are not valid last as null; of more than `most` as many at even distances. */
export function spreadScores(scores: Float64Array, most: number): (number | null)[] {
  const valid = scores
    .filter((score) => !Number.isNaN(score))
    .sort()
    .reverse();
  const count = Math.min(scores.length, most);
  return Array.from(
    { length: count },
    (_, at) => valid[count < 2 ? 0 : Math.round((at * (scores.length - 1)) / (count - 1))] ?? null,
  );
}

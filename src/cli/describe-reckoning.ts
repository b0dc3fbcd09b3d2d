/** What approximate counts were reckoned from: a sample, or for a phrase the search index alone. */
export function describeReckoning(sampledShare: number): string {
  return sampledShare < 1
    ? `reckoned from a sample of ${(100 * sampledShare).toFixed(1)} %`
    : "reckoned from the search index, which knows phrases by their words side by side";
}

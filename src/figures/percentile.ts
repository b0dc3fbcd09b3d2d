/**
 * The value below which a share of the values lies, linear between neighbours: type 7 of Hyndman and Fan, Sample
 * Quantiles in Statistical Packages, 1996; what NumPy and PostgreSQL's percentile_cont give. Null for no values.
 * @param sorted ascending
 */
export function percentile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

// Timings are noisy: the sides take turns, and medians are compared.
import { formatNumber, say } from "./progress.mjs";

/**
 * Runs every side once a round, every second round backwards.
 * @param {Record<string, () => Promise<number>>} sides each returns its rate
 * @returns {Promise<Record<string, number[]>>} the rates, round by round
 */
export async function takeTurns(rounds, unit, sides) {
  const rates = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    const names = Object.keys(sides);
    if (round % 2 === 0) names.reverse();
    for (const name of names) {
      const rate = await sides[name]();
      rates[name].push(rate);
      say(`  round ${round} of ${rounds}, ${name}: ${formatNumber(rate)} ${unit}`);
    }
  }
  return rates;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A figure: ours against the baseline, and the least that is right. */
export function toFigure(name, unit, floor, ours, baseline) {
  const ratio = median(ours) / median(baseline);
  return {
    name,
    unit,
    ours: median(ours),
    baseline: median(baseline),
    ratio,
    floor,
    isOk: ratio >= floor,
    rounds: { ours, baseline },
  };
}

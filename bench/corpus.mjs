// Text to cut traces from: made-up words with Zipf's frequencies, and what reasoning has besides words.
import { seededRandom } from "./random.mjs";

const PHRASES = 40;
const SYLLABLES =
  "a ba ce di do en er fa fi ga ha in is ka la le li lo ma mi na ne no on or pa ra re ri ro sa se si so sta ta te ti to tra ul un ve vi".split(
    " ",
  );

/** About `length` characters of paragraphs; zlib at level 1 makes 0.48 of 3.5 KB of it and 0.38 of 48 KB (real reasoning: 0.50 and 0.30). */
export function makeCorpus(length, seed, wordCount = 5_000) {
  const random = seededRandom(seed);
  const below = (limit) => Math.floor(random() * limit);
  const words = Array.from({ length: wordCount }, (_, rank) => {
    const syllables = 1 + below(1 + Math.log10(1 + rank));
    return Array.from({ length: syllables }, () => SYLLABLES[below(SYLLABLES.length)]).join("");
  });
  const weights = zipfWeights(wordCount);
  const word = () => words[findWeight(weights, random())];
  const some = (count, make) => Array.from({ length: count }, make).join(" ");
  // Reasoning says the same things again and again: "wait, let me check that".
  const phrases = Array.from({ length: PHRASES }, () => some(3 + below(5), word));
  const formula = () => {
    const [a, b] = [below(100), below(100)];
    const kind = random();
    if (kind < 0.7) return `${a} * ${b} = ${a * b}`;
    if (kind < 0.9) return `$\\frac{${a}}{${b}}$`;
    return kind < 0.95 ? `"${word()}"` : `${a} × ${b} ≤ ${a * b}`;
  };
  const sentence = () => {
    const parts = [some(4 + below(12), word)];
    if (random() < 0.6) parts.unshift(phrases[below(PHRASES)]);
    if (random() < 0.3) parts.push(formula());
    const text = parts.join(random() < 0.3 ? ", " : " ");
    return `${text[0].toUpperCase()}${text.slice(1)}.`;
  };
  const paragraphs = [];
  for (let size = 0; size < length; size += paragraphs.at(-1).length + 2)
    paragraphs.push(some(1 + below(6), sentence));
  return paragraphs.join("\n\n");
}

/** Summed up, so that a number between 0 and 1 falls to a rank as often as its weight says. */
export function zipfWeights(count) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 2.7);
  return sums.map((value) => value / sum);
}

export function findWeight(sums, value) {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

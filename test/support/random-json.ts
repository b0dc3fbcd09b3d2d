// Random JSON texts that are the same in every run.

export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, plenty for tests. */
export function createRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  };
  return { below, pick: (values) => values[below(values.length)] as (typeof values)[number] };
}

const SPACES = ["", "", "", " ", "\n", "\t", "\r\n  "];
const WORDS = ["null", "true", "false", "0", "-1", "1.5", "1e3", "2E-2", "12345678901234567891", "-0", "1.0"];
const STRINGS = [
  '""',
  '"a"',
  '"b"',
  '"é 😀"',
  // Not "\\u0061" alone: after a key "\\\\", V8 13.6 (Node 24) reads that as the same key.
  '"\\u0061bc"',
  '"\\ud83d\\ude00"',
  '"\\\\"',
  '"\\\\\\""',
  '"{\\"a\\":[1,2]}"',
  '": , [ ] { }"',
  '"a/b~c"',
  '"\\n\\t\\/"',
];

/** An object with up to four members, some keys repeated, spaces anywhere that JSON allows them. */
export function randomObject(random: Random, depth = 4): string {
  const members = Array.from({ length: random.below(5) }, () => {
    const key = random.below(3) === 0 ? random.pick(STRINGS) : `"k${random.below(1000)}"`;
    return `${space(random)}${key}${space(random)}:${randomValue(random, depth - 1)}`;
  });
  return `{${members.join(",")}${space(random)}}`;
}

function randomValue(random: Random, depth: number): string {
  return `${space(random)}${randomBareValue(random, depth)}${space(random)}`;
}

function randomBareValue(random: Random, depth: number): string {
  const kind = random.below(depth > 0 ? 4 : 2);
  if (kind === 0) return random.pick(WORDS);
  if (kind === 1) return random.pick(STRINGS);
  if (kind === 2) return randomObject(random, depth);
  const items = Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1));
  return items.length === 0 ? `[${space(random)}]` : `[${items.join(",")}]`;
}

function space(random: Random): string {
  return random.pick(SPACES);
}

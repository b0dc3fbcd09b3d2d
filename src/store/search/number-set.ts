/** A set of the numbers that the search index gives traces: a bit for each. */
export class NumberSet {
  readonly #words: Uint32Array;
  /** Number n is bit n mod 8 of byte n / 8, the lowest first: as PostgreSQL's `get_bit` counts. */
  readonly bytes: Uint8Array;

  private constructor(words: Uint32Array) {
    this.#words = words;
    this.bytes = new Uint8Array(words.buffer);
  }

  /** An empty one, for numbers below `limit`. Sets are combined with those of the same limit. */
  static below(limit: number): NumberSet {
    return new NumberSet(new Uint32Array(Math.ceil(limit / 32)));
  }

  /** Counted anew each time. */
  get size(): number {
    let size = 0;
    for (let index = 0; index < this.#words.length; index++) size += countBits(this.#words[index] as number);
    return size;
  }

  has(number: number): boolean {
    return (((this.bytes[number >> 3] ?? 0) >> (number & 7)) & 1) === 1;
  }

  add(number: number): void {
    this.bytes[number >> 3] = (this.bytes[number >> 3] as number) | (1 << (number & 7));
  }

  addAll({ firstWord, words }: NumberStretch): void {
    for (let index = 0; index < words.length; index++)
      this.#words[firstWord + index] = (this.#words[firstWord + index] as number) | (words[index] as number);
  }

  intersect(other: NumberSet): NumberSet {
    return this.#combine(other, (mine, others) => mine & others);
  }

  unite(other: NumberSet): NumberSet {
    return this.#combine(other, (mine, others) => mine | others);
  }

  without(other: NumberSet): NumberSet {
    return this.#combine(other, (mine, others) => mine & ~others);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.bytes.length; index++) {
      const byte = this.bytes[index] as number;
      for (let bit = 0; byte >> bit > 0; bit++) if ((byte >> bit) & 1) yield 8 * index + bit;
    }
  }

  #combine(other: NumberSet, combine: (mine: number, others: number) => number): NumberSet {
    const words = new Uint32Array(this.#words.length);
    for (let index = 0; index < words.length; index++)
      words[index] = combine(this.#words[index] as number, other.#words[index] as number);
    return new NumberSet(words);
  }
}

/** Numbers that lie near to each other. */
export class NumberStretch {
  /** Of a set's words, the one in which it begins. */
  readonly firstWord: number;
  readonly words: Uint32Array;

  /** An empty one, for `span` numbers from `first` on. */
  constructor(first: number, span: number) {
    this.firstWord = first >>> 5;
    this.words = new Uint32Array(Math.ceil((first + span) / 32) - this.firstWord);
  }

  add(number: number): void {
    const index = (number >>> 5) - this.firstWord;
    this.words[index] = (this.words[index] as number) | (1 << (number & 31));
  }
}

/** Of 32, added up in pairs, fours and so on (Warren, Hacker's Delight, 5-1). */
function countBits(word: number): number {
  let sums = word - ((word >>> 1) & 0x55555555);
  sums = (sums & 0x33333333) + ((sums >>> 2) & 0x33333333);
  return Math.imul((sums + (sums >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** A set of the numbers that the search index gives traces: a bit for each. */
export class NumberSet {
  readonly #bits: Uint8Array;
  #size = 0;

  /** @param limit numbers are below it */
  constructor(limit: number) {
    this.#bits = new Uint8Array((limit >> 3) + 1);
  }

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return ((this.#byte(number >> 3) >> (number & 7)) & 1) === 1;
  }

  add(number: number): void {
    if (this.has(number)) return;
    this.#bits[number >> 3] = this.#byte(number >> 3) | (1 << (number & 7));
    this.#size++;
  }

  intersect(other: NumberSet): NumberSet {
    const [fewer, more] = this.size < other.size ? [this, other] : [other, this];
    const both = new NumberSet(8 * fewer.#bits.length);
    for (const number of fewer) if (more.has(number)) both.add(number);
    return both;
  }

  unite(other: NumberSet): NumberSet {
    const either = new NumberSet(8 * Math.max(this.#bits.length, other.#bits.length));
    for (const numbers of [this, other]) for (const number of numbers) either.add(number);
    return either;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const [index, byte] of this.#bits.entries())
      for (let bit = 0; byte >> bit > 0; bit++) if ((byte >> bit) & 1) yield 8 * index + bit;
  }

  #byte(index: number): number {
    return this.#bits[index] ?? 0;
  }
}

// The form in which the index keeps which traces have which pairs of words: numbers in order, as the gaps between them.
// A number stands for a pair and a trace: pair × span + the trace's place in its segment. A segment's numbers are cut
// into parts of about a page each, by the pair's upper bits, so that asking for one pair reads one part.
import { PAIR_BITS } from "../search/terms.ts";

/** Numbers in a part: about 2 KB. */
const PART_SIZE = 1_000;

/** The numbers of so many traces: places from 0 up to `span`. */
export interface Postings {
  span: number;
  /** In order. */
  numbers: Float64Array;
}

/** How many upper bits of a pair tell its part. Within a part, numbers must fit into 32 bits. */
export function partBitsOf({ span, numbers }: Postings): number {
  const bySize = Math.ceil(Math.log2(Math.max(1, numbers.length / PART_SIZE)));
  const byRange = Math.ceil(Math.log2(span)) + PAIR_BITS - 32;
  return Math.min(PAIR_BITS, Math.max(0, bySize, byRange));
}

/** Each part that is not empty, in order. */
export function* encodeParts(
  { span, numbers }: Postings,
  partBits: number,
): Generator<{ part: number; bytes: Buffer }> {
  const width = 2 ** (PAIR_BITS - partBits) * span;
  for (let index = 0; index < numbers.length; ) {
    const part = Math.floor((numbers[index] as number) / width);
    const end = (part + 1) * width;
    let last = part * width;
    let from = index;
    while (index < numbers.length && (numbers[index] as number) < end) index++;
    const bytes = Buffer.allocUnsafe(5 * (index - from));
    let length = 0;
    for (; from < index; from++) {
      const number = numbers[from] as number;
      let gap = number - last;
      for (; gap > 127; gap >>>= 7) bytes[length++] = (gap & 127) | 128;
      bytes[length++] = gap;
      last = number;
    }
    yield { part, bytes: bytes.subarray(0, length) };
  }
}

/** Calls back with each number of a part, less the part's first possible one; stops when the answer is false. */
function decodePart(bytes: Uint8Array, visit: (number: number) => unknown): void {
  let number = 0;
  for (let index = 0; index < bytes.length; ) {
    let gap = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[index++] as number;
      gap |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    number += gap >>> 0;
    if (visit(number) === false) return;
  }
}

/** Calls back with the places of the traces that have the pair, from the part that it falls into. */
export function forEachPlace(
  bytes: Uint8Array,
  { pair, span, partBits }: { pair: number; span: number; partBits: number },
  visit: (place: number) => void,
): void {
  const first = (pair % 2 ** (PAIR_BITS - partBits)) * span;
  decodePart(bytes, (number) => {
    if (number >= first + span) return false;
    if (number >= first) visit(number - first);
    return true;
  });
}

/** Gathers the pairs of traces. */
export class PostingsBuilder {
  readonly #span: number;
  #numbers = new Float64Array(4_096);
  #count = 0;

  constructor(span: number) {
    this.#span = span;
  }

  add(pair: number, place: number): void {
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count++] = pair * this.#span + place;
  }

  /** Takes up the part of another segment, whose first place is `offset` here. */
  addPart(
    bytes: Uint8Array,
    part: number,
    { span, partBits }: { span: number; partBits: number },
    offset: number,
  ): void {
    const firstPair = part * 2 ** (PAIR_BITS - partBits);
    decodePart(bytes, (number) => {
      const pair = Math.floor(number / span);
      this.add(firstPair + pair, number - pair * span + offset);
    });
  }

  finish(): Postings {
    return { span: this.#span, numbers: this.#numbers.subarray(0, this.#count).sort() };
  }
}

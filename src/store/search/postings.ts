// The form in which the index keeps which traces have which terms: numbers in order, as the gaps between them.
// A number stands for a term and a trace: term × span + the trace's place in its segment. A segment's numbers are cut
// into parts between terms; those of a part are reckoned from its first term on.

/** Bytes at which a part ends: with its row it fills a quarter of a page, beyond which PostgreSQL would store it apart. */
const PART_BYTES = 1_976;
/** Of a number: seven bits each. */
const MAX_BYTES_OF_NUMBER = 8;

export interface Part {
  firstTerm: number;
  bytes: Buffer;
}

/** Cuts the postings of a segment into parts. They are added in order of terms, and of places for each term. */
export class PartsEncoder {
  readonly #span: number;
  readonly #emit: (part: Part) => void;
  #bytes = Buffer.allocUnsafe(2 * PART_BYTES);
  #length = 0;
  #firstTerm = 0;
  #lastTerm = -1;
  #lastPlace = -1;

  constructor(span: number, emit: (part: Part) => void) {
    this.#span = span;
    this.#emit = emit;
  }

  /** One that is the same as the last is left out. */
  add(term: number, place: number): void {
    let gap = place - this.#lastPlace;
    if (term !== this.#lastTerm) {
      if (this.#length >= PART_BYTES) this.end();
      if (this.#length === 0) {
        this.#firstTerm = term;
        gap = place;
      } else gap += (term - this.#lastTerm) * this.#span;
      this.#lastTerm = term;
    } else if (gap === 0) return;
    this.#lastPlace = place;
    if (this.#length + MAX_BYTES_OF_NUMBER > this.#bytes.length) this.#grow();
    // Beyond 32 bits there are no shifts.
    for (; gap > 0x7fffffff; gap = Math.floor(gap / 128)) this.#bytes[this.#length++] = (gap % 128) | 128;
    for (; gap > 127; gap >>>= 7) this.#bytes[this.#length++] = (gap & 127) | 128;
    this.#bytes[this.#length++] = gap;
  }

  /** The last part ends here. */
  end(): void {
    if (this.#length === 0) return;
    this.#emit({ firstTerm: this.#firstTerm, bytes: Buffer.from(this.#bytes.subarray(0, this.#length)) });
    this.#length = 0;
  }

  #grow(): void {
    this.#bytes = Buffer.concat([this.#bytes], 2 * this.#bytes.length);
  }
}

/** Reads a part's postings one after the other. */
export class PartReader {
  readonly #bytes: Uint8Array;
  readonly #span: number;
  #at = 0;
  /** Of the posting that was read last. */
  term: number;
  place = 0;

  constructor({ firstTerm, bytes }: { firstTerm: number; bytes: Uint8Array }, span: number) {
    this.#bytes = bytes;
    this.#span = span;
    this.term = firstTerm;
  }

  /** Whether the last one has been read, and asked for another. */
  isOver = false;

  /** False after the last one. */
  next(): boolean {
    if (this.#at === this.#bytes.length) {
      this.isOver = true;
      return false;
    }
    let byte = this.#bytes[this.#at++] as number;
    let gap = byte & 127;
    for (let factor = 128; byte > 127; factor *= 128) {
      byte = this.#bytes[this.#at++] as number;
      gap += (byte & 127) * factor;
    }
    this.place += gap;
    if (this.place >= this.#span) {
      const terms = Math.floor(this.place / this.#span);
      this.term += terms;
      this.place -= terms * this.#span;
    }
    return true;
  }
}

/** Calls back with the places of the traces that have the term, from the part that it falls into. */
export function forEachPlace(
  { firstTerm, bytes }: { firstTerm: number; bytes: Uint8Array },
  span: number,
  term: number,
  visit: (place: number) => void,
): void {
  // Loops of their own, because common terms have a million places: 4 ns each, where a PartReader takes 15.
  let at = 0;
  let place = (firstTerm - term) * span;
  const readGap = () => {
    let byte = bytes[at++] as number;
    let gap = byte & 127;
    for (let factor = 128; byte > 127; factor *= 128) {
      byte = bytes[at++] as number;
      gap += (byte & 127) * factor;
    }
    return gap;
  };
  do {
    if (at === bytes.length) return;
    place += readGap();
  } while (place < 0);
  for (let small = place; small < span; ) {
    visit(small);
    if (at === bytes.length) return;
    const byte = bytes[at] as number;
    if (byte > 127) small += readGap();
    else {
      small += byte;
      at++;
    }
  }
}

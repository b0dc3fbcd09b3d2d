import { FOLDED, type Units } from "./characters.ts";
import { type Piece, readPiece } from "./terms.ts";

const MAX_CACHED_LENGTH = 32;
const SMALLEST = 4_096;
/** Half of them are used at most. */
const LARGEST = 262_144;

/**
 * Pieces by two hashes of their text in lower case, 64 bits in all: looking one up makes no string. That is what makes
 * analysing fast: 0.04 µs a piece, where cutting it out and asking a Map take 0.25.
 */
export class PieceCache {
  #hashes = new Int32Array(2 * SMALLEST);
  #pieces: (Piece | undefined)[] = new Array(SMALLEST).fill(undefined);
  #count = 0;

  /** What the text from `start` to `end` is found by, which is one piece. */
  read(text: string, units: Units, start: number, end: number): Piece {
    if (end - start > MAX_CACHED_LENGTH) return readPiece(text.slice(start, end));
    let a = end - start;
    let b = 0;
    for (let at = start; at < end; at++) {
      const written = units[at] as number;
      const unit = written < 128 ? (FOLDED[written] as number) : written;
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b, 31) + unit;
    }
    a ^= a >>> 15;
    let slot = this.#slotOf(a, b | 0);
    const known = this.#pieces[slot];
    if (known !== undefined) return known;
    const piece = readPiece(text.slice(start, end));
    if (2 * this.#count >= this.#pieces.length) {
      this.#grow();
      slot = this.#slotOf(a, b | 0);
    }
    this.#put(slot, a, b, piece);
    return piece;
  }

  /** Where it is, or would be put. */
  #slotOf(a: number, b: number): number {
    const mask = this.#pieces.length - 1;
    let slot = a & mask;
    while (
      this.#pieces[slot] !== undefined &&
      (this.#hashes[2 * slot] !== a || this.#hashes[2 * slot + 1] !== b)
    )
      slot = (slot + 1) & mask;
    return slot;
  }

  #put(slot: number, a: number, b: number, piece: Piece): void {
    this.#hashes[2 * slot] = a;
    this.#hashes[2 * slot + 1] = b;
    this.#pieces[slot] = piece;
    this.#count++;
  }

  /** Twice as large, up to a limit; then it begins anew. */
  #grow(): void {
    const [hashes, pieces] = [this.#hashes, this.#pieces];
    const size = Math.min(2 * pieces.length, LARGEST);
    this.#hashes = new Int32Array(2 * size);
    this.#pieces = new Array(size).fill(undefined);
    this.#count = 0;
    if (size === pieces.length) return;
    for (const [slot, piece] of pieces.entries()) {
      const [a, b] = [hashes[2 * slot] as number, hashes[2 * slot + 1] as number];
      if (piece !== undefined) this.#put(this.#slotOf(a, b), a, b, piece);
    }
  }
}

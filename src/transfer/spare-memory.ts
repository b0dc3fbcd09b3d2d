/** Of a piece: a chunk's bytes, and those of its last record beyond. */
const PIECE_BYTES = 2_500_000;

/**
 * Memory in which chunks of records lie, of one import, used again and again. New memory for each would have V8 collect
 * garbage all the time; and records that stayed where they came in would keep that from being let go while it is young.
 */
export class SpareMemory {
  readonly #spare: ArrayBuffer[] = [];

  take(): Buffer {
    return Buffer.from(this.#spare.pop() ?? new ArrayBuffer(PIECE_BYTES));
  }

  giveBack(memory: ArrayBufferLike): void {
    if (memory.byteLength === PIECE_BYTES) this.#spare.push(memory as ArrayBuffer);
  }
}

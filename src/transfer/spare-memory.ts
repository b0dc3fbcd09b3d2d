/**
 * Memory of one import or export that is used again and again. New memory for each part would have V8 collect garbage all
 * the time; and what stayed where it came in would keep that from being let go while it is young.
 */
export class SpareMemory {
  readonly #pieceBytes: number;
  readonly #spare: ArrayBuffer[] = [];

  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  take(): Buffer {
    return Buffer.from(this.#spare.pop() ?? new ArrayBuffer(this.#pieceBytes));
  }

  /** Other memory is let go. */
  giveBack(memory: ArrayBufferLike): void {
    if (memory.byteLength === this.#pieceBytes) this.#spare.push(memory as ArrayBuffer);
  }
}

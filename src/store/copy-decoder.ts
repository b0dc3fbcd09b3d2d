// Rows out of PostgreSQL's binary COPY format (its manual, COPY, "Binary Format"), however the stream is cut.

/** Signature, flags, and the length of an extension that no version has used so far. */
const HEADER_BYTES = 19;
const EXTENSION_LENGTH_AT = 15;

/** A field's bytes; null where it is NULL. */
export type Field = Buffer | null;

export class CopyDecoder {
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** Below this many bytes the next row cannot be complete: a large one is not looked at with every chunk. */
  #neededBytes = HEADER_BYTES;
  #hasHeader = false;

  /** The rows that this chunk completes. Their fields are views of it. */
  decode(chunk: Buffer): Field[][] {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#neededBytes) return [];
    const bytes = this.#pending.length === 1 ? chunk : Buffer.concat(this.#pending, this.#pendingBytes);
    const rows: Field[][] = [];
    let at = 0;
    if (!this.#hasHeader) {
      at = HEADER_BYTES + bytes.readInt32BE(EXTENSION_LENGTH_AT);
      this.#hasHeader = true;
    }
    for (let end = this.#readRow(bytes, at, rows); end !== undefined; end = this.#readRow(bytes, at, rows))
      at = end;
    this.#pending = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#pendingBytes = bytes.length - at;
    return rows;
  }

  /** Adds the row that begins at `start`, and returns where it ends; undefined when it is not all there. */
  #readRow(bytes: Buffer, start: number, rows: Field[][]): number | undefined {
    const isThere = (end: number) => {
      this.#neededBytes = end - start;
      return end <= bytes.length;
    };
    if (!isThere(start + 2)) return undefined;
    const count = bytes.readInt16BE(start);
    // The trailer: -1 in place of a number of fields.
    if (count < 0) return undefined;
    const row: Field[] = [];
    let at = start + 2;
    for (let index = 0; index < count; index++) {
      if (!isThere(at + 4)) return undefined;
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0) row.push(null);
      else {
        if (!isThere(at + length)) return undefined;
        row.push(bytes.subarray(at, at + length));
        at += length;
      }
    }
    rows.push(row);
    return at;
  }
}

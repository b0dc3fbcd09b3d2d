// Rows out of PostgreSQL's binary COPY format (its manual, COPY, "Binary Format"), however the stream is cut.

/** Signature, flags, and the length of an extension that no version has used so far. */
const HEADER_BYTES = 19;
const EXTENSION_LENGTH_AT = 15;
const EMPTY = Buffer.alloc(0);

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
    return decodeRows(this.split(chunk));
  }

  /** The bytes of the rows that this chunk completes, for `decodeRows` here or in a thread. */
  split(chunk: Buffer): Buffer {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#neededBytes) return EMPTY;
    const bytes = this.#pending.length === 1 ? chunk : Buffer.concat(this.#pending, this.#pendingBytes);
    const start = this.#hasHeader ? 0 : HEADER_BYTES + bytes.readInt32BE(EXTENSION_LENGTH_AT);
    this.#hasHeader = true;
    let end = start;
    for (let next = this.#endOfRow(bytes, end); next !== undefined; next = this.#endOfRow(bytes, end))
      end = next;
    this.#pending = end === bytes.length ? [] : [bytes.subarray(end)];
    this.#pendingBytes = bytes.length - end;
    return bytes.subarray(start, end);
  }

  /** Where the row ends that begins at `start`; undefined when it is not all there. */
  #endOfRow(bytes: Buffer, start: number): number | undefined {
    const isThere = (end: number) => {
      this.#neededBytes = end - start;
      return end <= bytes.length;
    };
    if (!isThere(start + 2)) return undefined;
    const count = bytes.readInt16BE(start);
    // The trailer: -1 in place of a number of fields.
    if (count < 0) return undefined;
    let at = start + 2;
    for (let index = 0; index < count; index++) {
      if (!isThere(at + 4)) return undefined;
      at += 4 + Math.max(0, bytes.readInt32BE(at));
      if (!isThere(at)) return undefined;
    }
    return at;
  }
}

/** @param bytes of whole rows. Their fields are views of it. */
export function decodeRows(bytes: Buffer): Field[][] {
  const rows: Field[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const row: Field[] = [];
    const count = bytes.readInt16BE(at);
    at += 2;
    for (let index = 0; index < count; index++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length < 0 ? null : bytes.subarray(at, at + length));
      at += Math.max(0, length);
    }
    rows.push(row);
  }
  return rows;
}

export interface SourceRecord {
  /** Its line in the file, or its place in the array or among objects over several lines, counted from 1. */
  line: number;
  /** The record's bytes, or undefined when there were more than may be. */
  bytes: Buffer | undefined;
  /** Why it is no record, for people; the bytes are then what no format takes. */
  fault?: string;
}

/** Gathers a record's bytes from the chunks it lies in; one that grows too long is let go. */
export class RecordCollector {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.#maxBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  take(): Buffer | undefined {
    const bytes = this.#size > this.#maxBytes ? undefined : this.#join();
    this.#parts = [];
    this.#size = 0;
    return bytes;
  }

  /** Most records lie within one chunk and need no copy. */
  #join(): Buffer {
    return this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts, this.#size);
  }
}

/** Only white space: the end of a Windows line, or nothing at all. */
export function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes)
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  return true;
}

// Rows in PostgreSQL's binary COPY format (its manual, COPY, "Binary Format"): no text to escape or parse.

/** What a stream of rows begins and ends with. */
export const COPY_HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);
/** PostgreSQL counts microseconds from here. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

const HYPHEN = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** What an upper-case letter lacks. */
const LOWER_CASE = 0x20;
/** From which the letter a is ten away. */
const BEFORE_A = 0x61 - 10;

export type ColumnType =
  | "uuid"
  | "timestamptz"
  | "int"
  | "int[]"
  | "float8"
  | "text"
  | "text[]"
  | "bytea"
  | "jsonb";
export type ElementType = Exclude<ColumnType, "int[]" | "text[]">;

/** PostgreSQL's numbers of the types that arrays are made of. */
const TYPE_OIDS: Record<ElementType, number> = {
  bytea: 17,
  float8: 701,
  int: 23,
  jsonb: 3802,
  text: 25,
  timestamptz: 1184,
  uuid: 2950,
};

/** Grows as rows are written; `finish` gives them all, without header and trailer. */
export class CopyEncoder {
  #buffer: Buffer;
  #length = 0;

  /** @param memory to write into as far as it goes. */
  constructor(memory?: ArrayBuffer) {
    this.#buffer = memory === undefined ? Buffer.allocUnsafe(65_536) : Buffer.from(memory);
  }

  /** Writes a row, its values in the order of the columns' types; returns the offset at which it ends. */
  row(types: readonly ColumnType[], values: readonly unknown[]): number {
    this.#int16(types.length);
    for (let column = 0; column < types.length; column++)
      this.#field(types[column] as ColumnType, values[column]);
    return this.#length;
  }

  /** Writes an array, as a parameter takes it in binary; returns the offset at which it ends. */
  array(type: ElementType, values: readonly unknown[]): number {
    const hasNull = values.some((value) => value === null || value === undefined);
    this.#int32(1);
    this.#int32(hasNull ? 1 : 0);
    this.#int32(TYPE_OIDS[type]);
    this.#int32(values.length);
    this.#int32(1);
    for (const value of values) this.#field(type, value);
    return this.#length;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #field(type: ColumnType, value: unknown): void {
    if (value === null || value === undefined) {
      this.#int32(-1);
      return;
    }
    switch (type) {
      case "uuid":
        this.#int32(16);
        this.#reserve(16);
        this.#uuid(value as string);
        return;
      case "timestamptz":
        this.#int32(8);
        this.#reserve(8);
        this.#microseconds((value as Date).getTime() - EPOCH_MS);
        return;
      case "int":
        this.#int32(4);
        this.#int32(value as number);
        return;
      case "float8":
        this.#int32(8);
        this.#reserve(8);
        this.#length = this.#buffer.writeDoubleBE(value as number, this.#length);
        return;
      case "bytea":
        this.#int32((value as Buffer).length);
        this.#bytes(value as Buffer);
        return;
      case "text":
        this.#text(value as string, 0);
        return;
      case "jsonb":
        this.#text(value as string, 1);
        return;
      case "text[]":
        this.#array(TYPE_OIDS.text, value as string[], (text) => this.#text(text, 0));
        return;
      case "int[]":
        this.#array(TYPE_OIDS.int, value as Int32Array, (int) => {
          this.#int32(4);
          this.#int32(int);
        });
    }
  }

  /** Length, then `version` bytes of the format version 1 (jsonb has one), then UTF-8. */
  #text(text: string, version: 0 | 1): void {
    // Three bytes hold any UTF-16 unit: no second pass to count them.
    this.#reserve(4 + version + text.length * 3);
    const start = this.#length;
    this.#length += 4 + version;
    if (version === 1) this.#buffer[start + 4] = 1;
    this.#length += this.#buffer.write(text, this.#length, "utf8");
    this.#buffer.writeInt32BE(this.#length - start - 4, start);
  }

  #array<T>(oid: number, elements: ArrayLike<T> & Iterable<T>, write: (element: T) => void): void {
    this.#reserve(4);
    const start = this.#length;
    this.#length += 4;
    this.#int32(elements.length === 0 ? 0 : 1);
    this.#int32(0);
    this.#int32(oid);
    if (elements.length > 0) {
      this.#int32(elements.length);
      this.#int32(1);
      for (const element of elements) write(element);
    }
    this.#buffer.writeInt32BE(this.#length - start - 4, start);
  }

  /** Thirty-two hexadecimal digits with hyphens among them; room is there. */
  #uuid(text: string): void {
    let high = -1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === HYPHEN) continue;
      const digit = code <= NINE ? code - ZERO : (code | LOWER_CASE) - BEFORE_A;
      if (high === -1) high = digit;
      else {
        this.#buffer[this.#length++] = (high << 4) | digit;
        high = -1;
      }
    }
  }

  /** In halves, because a double does not hold those of every year. */
  #microseconds(milliseconds: number): void {
    const high = Math.floor(milliseconds / 2 ** 32);
    const low = (milliseconds - high * 2 ** 32) * 1000;
    this.#int32(high * 1000 + Math.floor(low / 2 ** 32));
    this.#int32(low | 0);
  }

  #int16(value: number): void {
    this.#reserve(2);
    this.#length = this.#buffer.writeInt16BE(value, this.#length);
  }

  #int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  #bytes(bytes: Buffer): void {
    this.#reserve(bytes.length);
    this.#length += bytes.copy(this.#buffer, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

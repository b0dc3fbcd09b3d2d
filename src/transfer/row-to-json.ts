// A row as the Parquet reader gives it, as JSON text: JSON.stringify knows no 64-bit integers.
import { isUtf8 } from "node:buffer";

/** A column of type JSON: its text stands as it is. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What is said to be text and is none would not be what was written. */
export class NotUtf8Error extends Error {}

const NOT_UTF8 = Symbol("not UTF-8");

/**
 * NaN, infinities and what is absent become null; a member of a nested object that is absent is left out. Throws
 * `NotUtf8Error` where `textOf` found no text.
 */
export function rowToJson(value: unknown): string {
  if (value === NOT_UTF8) throw new NotUtf8Error();
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (value instanceof JsonText) return value.text;
  if (value instanceof Date) return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(bytesToText(value));
  if (Array.isArray(value)) return `[${value.map(rowToJson).join(",")}]`;
  if (ArrayBuffer.isView(value)) return rowToJson([...(value as unknown as Iterable<unknown>)]);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${rowToJson(member)}`).join(",")}}`;
}

/** The text of a column of texts, or what `rowToJson` throws for. */
export function textOf(bytes: Uint8Array): string | typeof NOT_UTF8 {
  const buffer = bufferOf(bytes);
  return isUtf8(buffer) ? buffer.toString() : NOT_UTF8;
}

/** Binary is given as text where it is UTF-8, else in base64. */
function bytesToText(bytes: Uint8Array): string {
  const buffer = bufferOf(bytes);
  return buffer.toString(isUtf8(buffer) ? "utf8" : "base64");
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

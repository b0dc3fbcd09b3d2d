// A row as the Parquet reader gives it, as JSON text: JSON.stringify knows no 64-bit integers.
import { isUtf8 } from "node:buffer";

/** A column of type JSON: its text stands as it is. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** NaN, infinities and what is absent become null; a member of a nested object that is absent is left out. */
export function rowToJson(value: unknown): string {
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

/** Binary is given as text where it is UTF-8, else in base64. */
export function bytesToText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(isUtf8(buffer) ? "utf8" : "base64");
}

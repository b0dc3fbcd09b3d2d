// What becomes of Parquet's types that JSON does not have.
import type { ParquetParsers } from "hyparquet";
import { JsonText, textOf } from "./row-to-json.ts";

export const parquetParsers: ParquetParsers = {
  timestampFromMilliseconds: (millis) => toInstant(millis, 3),
  timestampFromMicroseconds: (micros) => toInstant(micros, 6),
  timestampFromNanoseconds: (nanos) => toInstant(nanos, 9),
  dateFromDays: (days) =>
    toDate(days * 86_400_000)
      ?.toISOString()
      .slice(0, 10) ?? days,
  stringFromBytes: (bytes) => bytes && textOf(bytes),
  jsonFromBytes: (bytes) => bytes && toJsonText(textOf(bytes)),
  // Also decimals are given out like this.
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
  uuidFromBytes: (bytes) =>
    bytes &&
    Buffer.from(bytes)
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
};

/** ISO 8601 in UTC, to the digit that the file has; the count itself where no calendar has such a time. */
function toInstant(count: bigint, digits: number): string | bigint {
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((count % perSecond) + perSecond) % perSecond;
  const seconds = toDate(Number((count - fraction) / perSecond) * 1000)
    ?.toISOString()
    .slice(0, -5);
  return seconds === undefined ? count : `${seconds}.${String(fraction).padStart(digits, "0")}Z`;
}

function toDate(milliseconds: number): Date | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function toJsonText(text: ReturnType<typeof textOf>): JsonText | ReturnType<typeof textOf> {
  if (typeof text !== "string") return text;
  try {
    JSON.parse(text);
    return new JsonText(text);
  } catch {
    return text;
  }
}

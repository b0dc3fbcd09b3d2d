import { describe, expect, test } from "vitest";
import { CopyEncoder } from "./copy-encoder.ts";

/** Of a row with one value: after the count of its fields, and the value's length. */
function encoded(type: "uuid" | "timestamptz", value: unknown): Buffer {
  const encoder = new CopyEncoder();
  encoder.row([type], [value]);
  return encoder.finish().subarray(6);
}

describe("a value in PostgreSQL's binary format", () => {
  test.each([
    "0001-01-01T00:00:00.001Z",
    "1969-12-31T23:59:59.999Z",
    "2000-01-01T00:00:00.000Z",
    "2026-11-24T12:00:00.123Z",
    "9999-12-31T23:59:59.999Z",
  ])("of the time %s is microseconds since 2000", (text) => {
    const milliseconds = BigInt(Date.parse(text) - Date.UTC(2000, 0, 1));
    expect(encoded("timestamptz", new Date(text)).readBigInt64BE()).toBe(milliseconds * 1000n);
  });

  test("of a UUID is its sixteen bytes, whatever the case of its digits", () => {
    const bytes = Buffer.from("0a1b2c3d4e5f60718293a4b5c6d7e8f9", "hex");
    expect(encoded("uuid", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9")).toEqual(bytes);
    expect(encoded("uuid", "0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9")).toEqual(bytes);
  });
});

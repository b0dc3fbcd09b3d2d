import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { deflateText, inflateBytes } from "./deflate.ts";

describe("a text comes back as it was", () => {
  test.each([
    ["empty", ""],
    ["short", '{"a":"é 😀 日本"}'],
    ["as long as what is deflated in place", "x".repeat(16_384)],
    ["one byte longer", "x".repeat(16_385)],
    ["long", "27 × 19 = 513; 😀\n".repeat(100_000)],
  ])("when it is %s", async (_, text) => {
    const deflated = await deflateText(text);
    expect(inflateBytes(deflated).toString()).toBe(text);
    expect(inflateSync(deflated).equals(inflateBytes(deflated))).toBe(true);
  });
});

test("many at once do not get mixed up", async () => {
  const texts = Array.from({ length: 50 }, (_, index) => `${index} `.repeat(index * 300));
  const deflated = await Promise.all(texts.map(deflateText));
  expect(deflated.map((bytes) => inflateBytes(bytes).toString())).toEqual(texts);
});

test("damaged bytes are an error, not another text", async () => {
  const deflated = await deflateText("a text that is long enough to be damaged");
  expect(() => inflateBytes(deflated.subarray(0, -1))).toThrow("unexpected end of file");
  const flipped = Buffer.from(deflated);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 1) ^ 1, flipped.length - 1);
  expect(() => inflateBytes(flipped)).toThrow("incorrect data check");
});

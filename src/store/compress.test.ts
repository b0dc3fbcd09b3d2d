import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { compress, decompress } from "./compress.ts";

describe("a text comes back as it was", () => {
  test.each([
    ["empty", ""],
    ["short", '{"a":"é 😀 日本"}'],
    ["as long as what is compressed in place", "x".repeat(65_536)],
    ["one byte longer", "x".repeat(65_537)],
    ["long", "27 × 19 = 513; 😀\n".repeat(100_000)],
  ])("when it is %s", async (_, text) => {
    const compressed = compress(Buffer.from(text));
    expect((await decompress(compressed)).toString()).toBe(text);
    expect(brotliDecompressSync(compressed).toString()).toBe(text);
  });

  test("when it hardly compresses and is read in a thread", async () => {
    const text = Array.from({ length: 200_000 }, (_, i) =>
      String.fromCharCode(33 + ((i * i * 31 + i) % 90)),
    ).join("");
    expect((await decompress(compress(Buffer.from(text)))).toString()).toBe(text);
  });
});

test("a text that is cut off is an error, not another text", () => {
  const compressed = compress(Buffer.from("a text that is long enough to be damaged"));
  expect(() => decompress(compressed.subarray(0, -1))).toThrow("unexpected end of file");
});

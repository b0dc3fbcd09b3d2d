import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "./decode-utf8.ts";

describe("decodeUtf8", () => {
  test.each([
    ["nothing", ""],
    ["ASCII", "27 * 19 = 513\n"],
    ["Latin", "naïve café"],
    ["Chinese", "先算三十乘十九"],
    ["beyond the basic plane", "𝑥² ≤ 🎲"],
    ["a byte order mark within", "a\uFEFFb"],
    ["NUL", "a\0é"],
    ["two megabytes", "so 27 × 19 = 513. ".repeat(120_000)],
  ])("gives the text: %s", (_, text) => {
    expect(decodeUtf8(Buffer.from(text))).toBe(text);
  });

  test("takes a part of a larger buffer", () => {
    const bytes = Buffer.from("é×≤");
    expect(decodeUtf8(bytes.subarray(2, 4))).toBe("×");
    expect(decodeUtf8(Buffer.from("xyz").subarray(1, 2))).toBe("y");
  });
});

import { expect, test } from "vitest";
import { readBooleans, readFloats, readIntegers, readTexts } from "./read-array.ts";

/** What array_send writes: dimensions, whether there are nulls, the type, then length and lower bound. */
function array(elements: (Buffer | null)[]): Buffer {
  const head = Buffer.alloc(elements.length === 0 ? 12 : 20);
  head.writeInt32BE(elements.length === 0 ? 0 : 1, 0);
  head.writeInt32BE(Number(elements.includes(null)), 4);
  if (elements.length > 0) {
    head.writeInt32BE(elements.length, 12);
    head.writeInt32BE(1, 16);
  }
  const length = (bytes: Buffer | null) => {
    const field = Buffer.alloc(4);
    field.writeInt32BE(bytes?.length ?? -1);
    return field;
  };
  return Buffer.concat([head, ...elements.flatMap((bytes) => [length(bytes), bytes ?? Buffer.alloc(0)])]);
}

const bytesOf = (hex: string) => Buffer.from(hex, "hex");

test("reads elements, and what stands for NULL", () => {
  expect([...readFloats(array([bytesOf("3ff8000000000000"), null, bytesOf("c000000000000000")]))]).toEqual([
    1.5,
    Number.NaN,
    -2,
  ]);
  expect([...readIntegers(array([bytesOf("00000007"), null, bytesOf("7fffffff")]))]).toEqual([
    7, -1, 2_147_483_647,
  ]);
  expect([...readBooleans(array([bytesOf("01"), null, bytesOf("00")]))]).toEqual([1, -1, 0]);
  expect(readTexts(array([Buffer.from("é🧮"), Buffer.alloc(0), Buffer.from("b")]))).toEqual(["é🧮", "", "b"]);
});

test("an empty array has no elements", () => {
  for (const read of [readFloats, readIntegers, readBooleans, readTexts])
    expect(read(array([]))).toHaveLength(0);
});

import { describe, expect, test } from "vitest";
import { CopyDecoder, type Field } from "./copy-decoder.ts";
import { COPY_HEADER, COPY_TRAILER, CopyEncoder } from "./copy-encoder.ts";

const rows = [
  ["first", Buffer.from([0, 255, 10, 13, 34])],
  ["", Buffer.alloc(0)],
  [null, null],
  ["é😀", Buffer.alloc(300, 7)],
  ["last", null],
];

function encode(values: readonly unknown[][]): Buffer {
  const encoder = new CopyEncoder();
  for (const row of values) encoder.row(["text", "bytea"], row);
  return Buffer.concat([COPY_HEADER, encoder.finish(), COPY_TRAILER]);
}

function decode(chunks: Iterable<Buffer>): Field[][] {
  const decoder = new CopyDecoder();
  const decoded: Field[][] = [];
  for (const chunk of chunks)
    for (const row of decoder.decode(chunk))
      decoded.push(row.map((field) => (field === null ? null : Buffer.from(field))));
  return decoded;
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const expected = rows.map((row) => row.map((value) => (value === null ? null : Buffer.from(value))));

describe("rows in the binary COPY format", () => {
  test.each([1, 2, 3, 7, 18, 19, 20, 64, 100_000])("are read in chunks of %i bytes", (size) => {
    expect(decode(cut(encode(rows), size))).toEqual(expected);
  });

  test("are read wherever the stream is cut in two", () => {
    const bytes = encode(rows);
    for (let at = 0; at <= bytes.length; at++)
      expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
  });

  test("may be none", () => {
    expect(decode([encode([])])).toEqual([]);
    expect(decode([])).toEqual([]);
  });

  test("come after a header with an extension", () => {
    const bytes = encode(rows);
    const header = Buffer.from(bytes.subarray(0, 19));
    header.writeInt32BE(5, 15);
    expect(decode([Buffer.concat([header, Buffer.from("extra"), bytes.subarray(19)])])).toEqual(expected);
  });
});

test("a row that is cut off is not given out", () => {
  const bytes = encode(rows.slice(0, 1));
  expect(decode([bytes.subarray(0, bytes.length - 3)])).toEqual([]);
});

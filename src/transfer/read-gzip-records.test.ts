import { Readable } from "node:stream";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { eachRecord } from "../../test/support/each-record.ts";
import { rejectionOf } from "../../test/support/thrown.ts";
import { readRecords } from "./read-records.ts";

async function read(bytes: Buffer, size = bytes.length): Promise<string[]> {
  const chunks = [];
  for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.subarray(from, from + size));
  const lines = [];
  for await (const { line, bytes } of eachRecord(readRecords(Readable.from(chunks), { maxBytes: 1_000 })))
    lines.push(`${line} ${bytes}`);
  return lines;
}

const lines = Array.from({ length: 200 }, (_, index) => `{"n":${index},"text":"é ${Math.sin(index)}"}`);
const text = `${lines.join("\n")}\n`;
const numbered = lines.map((line, index) => `${index + 1} ${line}`);

describe("gzip is recognised by its first bytes and read", () => {
  test.each([1, 2, 3, 10, 1_000, 1_000_000])("in chunks of %i bytes", async (size) => {
    expect(await read(gzipSync(text), size)).toEqual(numbered);
  });

  test("when nothing is in it", async () => {
    expect(await read(gzipSync(""))).toEqual([]);
  });

  test.each([1, 7, 1_000_000])("when it has several members, in chunks of %i bytes", async (size) => {
    const cuts = [0, 5, 5, 3_000, text.length];
    const members = cuts.slice(1).map((end, index) => gzipSync(text.slice(cuts[index], end)));
    expect(await read(Buffer.concat(members), size)).toEqual(numbered);
  });

  test("and nothing else is, though it begins alike", async () => {
    expect(await read(Buffer.from([0x1f]))).toEqual(["1 \x1f"]);
    expect(await read(Buffer.from([0x1f, 0x20, 0x0a]), 1)).toEqual(["1 \x1f "]);
    expect(await read(deflateSync("x"))).not.toEqual(["1 x"]);
  });
});

test("a line over the limit is told from within gzip", async () => {
  expect(await read(gzipSync(`a\n${"b".repeat(100_000)}\nc`), 10)).toEqual(["1 a", "2 undefined", "3 c"]);
});

describe("damage is bad_gzip", () => {
  const whole = gzipSync(text);
  const damaged = (at: number) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    return bytes;
  };
  const cases: [string, Buffer][] = [
    ["after its first two bytes", whole.subarray(0, 2)],
    ["within the header", whole.subarray(0, 7)],
    ["in the middle", whole.subarray(0, whole.length / 2)],
    ["before the last byte", whole.subarray(0, -1)],
    ["before the checksum", whole.subarray(0, -8)],
    ["in a later member", Buffer.concat([whole, whole.subarray(0, -4)])],
  ];
  test.each(cases)("when the file is cut %s", async (_, bytes) => {
    for (const size of [1, 100, bytes.length]) {
      expect(await rejectionOf(read(bytes, size))).toMatchObject({ code: "bad_gzip", status: 400 });
    }
  });

  test.each([
    ["the method", 2],
    ["the data", whole.length >> 1],
    ["the checksum", whole.length - 8],
    ["the length", whole.length - 4],
  ])("when %s is wrong", async (_, at) => {
    const error = await rejectionOf(read(damaged(at)));
    expect(error.code).toBe("bad_gzip");
    expect(error.message).toMatch(/^The gzip data is damaged or cut off: /);
    expect(error.cause).toBeInstanceOf(Error);
  });
});

test.each([0, 1, 4])("the stream's own error passes through gzip, after %i bytes", async (count) => {
  const failure = Object.assign(new Error("disk gone"), { code: "EIO" });
  const source = Readable.from(
    (function* () {
      for (const byte of gzipSync(text).subarray(0, count)) yield Buffer.from([byte]);
      throw failure;
    })(),
  );
  await expect(readRecords(source, { maxBytes: 100 }).next()).rejects.toBe(failure);
});

import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { SourceMeter } from "./source-meter.ts";

async function measured(bytes: Buffer, chunkSize: number): Promise<SourceMeter> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  const meter = new SourceMeter();
  const passed: Buffer[] = [];
  for await (const chunk of meter.measure(Readable.from(chunks))) passed.push(chunk as Buffer);
  expect(Buffer.concat(passed).equals(bytes)).toBe(true);
  expect(meter.bytes).toBe(bytes.length);
  return meter;
}

test.each([
  ["lines that end", '{"a":1}\n{"a":2}\n', 2, undefined],
  ["a last line without its end", '{"a":1}\n\n{"a":', 2, 3],
  ["a single line without its end", '{"a"', 1, 1],
  ["lines after a byte order mark", '\ufeff{"a":1}\n{"a', 2, 2],
  ["an array that ends", '\n[{"a":1},\n{"a":2}]\n', 2, undefined],
  ["an array that breaks off", '[\n{"a":1},\n{"a"', 2, 2],
  ["an array after a byte order mark", '\ufeff[{"a":1},{"b"', 2, 2],
  ["nothing", "", 0, undefined],
])("%s are told by their end", async (_name, text, records, expected) => {
  for (const chunkSize of [1, 3, 1000]) {
    const meter = await measured(Buffer.from(text), chunkSize);
    expect(meter.brokenOffRecord(records)).toBe(expected);
  }
});

test("gzip is left to its own end", async () => {
  const meter = await measured(gzipSync('{"a":1}\n{"a"'), 7);
  expect(meter.brokenOffRecord(2)).toBeUndefined();
});

test("what breaks the source breaks what is read from it", async () => {
  const source = new Readable({ read: () => {} });
  const passed = new SourceMeter().measure(source).toArray();
  source.destroy(new Error("the disk is gone"));
  await expect(passed).rejects.toThrow("the disk is gone");
});

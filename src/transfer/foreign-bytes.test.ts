import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readRecords } from "./read-records.ts";

async function read(bytes: Buffer): Promise<unknown> {
  return readRecords(Readable.from([bytes]), { maxBytes: 1_000 }).next();
}

test.each([
  ["PK\x03\x04\x14\0", /ZIP archive.*JSON lines/],
  ["\x28\xb5\x2f\xfd\x24", /Zstandard.*zstd -dc/],
  ["\x80\x04\x95\x10\0", /pickled.*never/],
  ["\x89PNG\r\n", /picture/],
  ["\xff\xfe{\0\n\0", /UTF-16.*iconv/],
])("what begins with %j is refused once, with what to do about it", async (head, message) => {
  const bytes = Buffer.from(head, "latin1");
  for (const sent of [bytes, gzipSync(bytes)])
    await expect(read(sent)).rejects.toMatchObject({
      code: "unknown_format",
      message: expect.stringMatching(message),
    });
});

test("text is let through, whatever it begins with", async () => {
  for (const text of ["PK,name\n", "B", "%PD", "{}\n", "\x80", ""])
    await expect(read(Buffer.from(text, "latin1"))).resolves.toBeDefined();
});

import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { eachRecord } from "../../test/support/each-record.ts";
import { createRandom } from "../../test/support/random-json.ts";
import { rejectionOf } from "../../test/support/thrown.ts";
import { readRecords } from "./read-records.ts";
import type { SourceRecord } from "./record-collector.ts";
import { describeSource } from "./source-hints.ts";

async function readAll(bytes: Buffer, size = bytes.length, maxBytes = 1_000): Promise<SourceRecord[]> {
  const chunks = [];
  for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.subarray(from, from + size));
  const source = describeSource(Readable.from(chunks), { isCsv: true });
  const records = [];
  for await (const record of eachRecord(readRecords(source, { maxBytes }))) records.push(record);
  return records;
}

/** Each record as its line's number and text, or its fault. */
async function read(text: string | Buffer, size?: number, maxBytes?: number): Promise<string[]> {
  const records = await readAll(Buffer.from(text), size, maxBytes);
  return records.map(({ line, bytes, fault }) => `${line} ${fault ?? bytes ?? "(too long)"}`);
}

describe("a row is an object of texts, named by the header", () => {
  test.each([
    ["plain", "a,b\n1,2\n3,4\n", ['2 {"a":"1","b":"2"}', '3 {"a":"3","b":"4"}']],
    ["without a last line end", "a,b\n1,2", ['2 {"a":"1","b":"2"}']],
    ["with the line ends of Windows", "a,b\r\n1,2\r\n", ['2 {"a":"1","b":"2"}']],
    ["with empty fields", "a,b\n,\n", ['2 {"a":"","b":""}']],
    ["with quotes", 'a,b\n"x,""y""",""\r\n', ['2 {"a":"x,\\"y\\"","b":""}']],
    [
      "with line breaks in quotes",
      'a,b\n"x\r\ny",1\n2,3\n',
      ['2 {"a":"x\\r\\ny","b":"1"}', '4 {"a":"2","b":"3"}'],
    ],
    ["with quotes inside of a field", 'a,b\n5" pipe,x "y" z\n', ['2 {"a":"5\\" pipe","b":"x \\"y\\" z"}']],
    [
      "with blank lines, which only count",
      "a,b\n\n1,2\n \r\n3,4\n",
      ['3 {"a":"1","b":"2"}', '5 {"a":"3","b":"4"}'],
    ],
    ["with semicolons", 'a;"b,c"\n1,5;2\n', ['2 {"a":"1,5","b,c":"2"}']],
    ["with tabs", "a\tb\n1,;\t2\n", ['2 {"a":"1,;","b":"2"}']],
    ["of one column", "a\n1;2\n", ['2 {"a":"1;2"}']],
    ["with a byte order mark", "\ufeffa,b\n1,2\n", ['2 {"a":"1","b":"2"}']],
    ["with a quoted header", '"a\nb","c"\n1,2\n', ['3 {"a\\nb":"1","c":"2"}']],
    ["with characters of several bytes", "é,日本\n😀,ß\n", ['2 {"é":"😀","日本":"ß"}']],
    ["with nothing but a header", "a,b\n", []],
    ["with nothing at all", "", []],
  ])("%s", async (_, text, records) => {
    for (const size of [undefined, 1, 2, 3, 7]) expect(await read(text, size)).toEqual(records);
  });

  test("gzipped as well", async () => {
    expect(await read(gzipSync("a,b\n1,2\n"), 5)).toEqual(['2 {"a":"1","b":"2"}']);
  });

  test("whatever the fields hold", async () => {
    const random = createRandom(5);
    const pieces = ['"', ",", "\n", "\r\n", "x", "é😀", " ", ";", "{", "\\"];
    for (let round = 0; round < 200; round++) {
      const width = 2 + random.below(3);
      const rows = Array.from({ length: 1 + random.below(6) }, () =>
        Array.from({ length: width }, () =>
          Array.from({ length: random.below(5) }, () => random.pick(pieces)).join(""),
        ),
      );
      const names = rows[0]?.map((_, index) => `c${index}`) ?? [];
      const text = [names, ...rows]
        .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(","))
        .join(random.pick(["\n", "\r\n"]));
      const records = await readAll(Buffer.from(text), 1 + random.below(9));
      expect(records.map(({ bytes }) => Object.values(JSON.parse(String(bytes))))).toEqual(rows);
    }
  });
});

describe("a bad row is told by the line it begins at, and its neighbours are read", () => {
  test.each([
    [
      "too few fields",
      "a,b\n1\n3,4",
      ["2 The row has 1 fields, and the header names 2", '3 {"a":"3","b":"4"}'],
    ],
    [
      "too many fields",
      "a,b\n1,2,3\n3,4",
      ["2 The row has 3 fields, and the header names 2", '3 {"a":"3","b":"4"}'],
    ],
    [
      "text after a closing quote",
      'a,b\n"1"x,2\n3,4',
      ["2 The row has a quote that doesn't match", '3 {"a":"3","b":"4"}'],
    ],
    [
      "a quote left open",
      'a,b\n3,4\n5,"6\n7,8\n',
      [
        '2 {"a":"3","b":"4"}',
        "3 The row has a quote that doesn't match, so that 2 lines from here were taken for one row",
      ],
    ],
  ])("with %s", async (_, text, records) => {
    for (const size of [undefined, 1, 3]) expect(await read(text, size)).toEqual(records);
    for (const { bytes, fault } of await readAll(Buffer.from(text)))
      expect(Array.isArray(JSON.parse(String(bytes)))).toBe(fault !== undefined);
  });

  test("when it is too long", async () => {
    const text = `a,b\n1,${"x".repeat(100)}\n3,4\n5,"${"y\n".repeat(2_000_000)}"\n6,7`;
    expect(await read(text, undefined, 50)).toEqual([
      "2 (too long)",
      '3 {"a":"3","b":"4"}',
      "4 (too long)",
      '2000005 {"a":"6","b":"7"}',
    ]);
  });

  test("when it is not UTF-8: its bytes are left to the parser", async () => {
    const rows = Buffer.concat([Buffer.from("a\n"), Buffer.from([0xe9, 0x0a]), Buffer.from("x\n")]);
    expect((await readAll(rows)).map(({ bytes }) => bytes?.toString("latin1"))).toEqual(["é", '{"a":"x"}']);
  });
});

test.each([
  ["a,b,a\n1,2,3", 'names the column "a" twice'],
  ["a,b\r1,2\r3,4\r", "goes on over line ends of CR alone; write them as LF or CRLF"],
  ['a,"b"x\n1,2', "has quotes that don't match"],
  [Buffer.from([0x61, 0x2c, 0xe9, 0x0a]), "is not UTF-8"],
  [`"${"a".repeat(2_000_000)}`, "is not UTF-8, or longer than 1 MiB"],
])("header %# is refused", async (text, fault) => {
  const error = await rejectionOf(read(text));
  expect(error).toMatchObject({ code: "bad_csv", status: 422 });
  expect(error.message).toContain(fault);
});

import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { eachRecord } from "../../test/support/each-record.ts";
import { createRandom } from "../../test/support/random-json.ts";
import { readRecords } from "./read-records.ts";

/** Each record as its line's number and text. */
async function read(chunks: Iterable<Buffer>, maxBytes = 1_000): Promise<string[]> {
  const records = [];
  for await (const { line, bytes } of eachRecord(
    readRecords(Readable.from(chunks), { maxBytes: maxBytes }),
  )) {
    records.push(`${line} ${bytes ?? "(too long)"}`);
  }
  return records;
}

const readText = (text: string, maxBytes?: number) => read([Buffer.from(text)], maxBytes);

function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

describe("records are lines", () => {
  test.each([
    ["nothing", "", []],
    ["one line", "a\n", ["1 a"]],
    ["a last line without its end", "a\nb", ["1 a", "2 b"]],
    ["the line ends of Windows", "a\r\nb\r\n", ["1 a\r", "2 b\r"]],
    ["blank lines, which only count", "\n a\n\n \t\r\nb\n\n", ["2  a", "5 b"]],
    ["only blank lines", "\n\r\n \n\t", []],
    ["characters of several bytes", "é😀\n日本\n", ["1 é😀", "2 日本"]],
    ["carriage returns within a line", "a\rb\n", ["1 a\rb"]],
  ])("of %s", async (_, text, lines) => {
    expect(await readText(text)).toEqual(lines);
    for (const size of [1, 2, 3]) expect(await read(slices(Buffer.from(text), size))).toEqual(lines);
  });

  test("wherever the chunks of the stream end", async () => {
    const random = createRandom(11);
    for (let round = 0; round < 100; round++) {
      const lines = Array.from(
        { length: random.below(20) },
        (_, index) => `${index} ${"é😀".repeat(random.below(5))}`,
      );
      const bytes = Buffer.from(lines.join(random.pick(["\n", "\n\n", "\n \n"])));
      const chunks: Buffer[] = [];
      for (let from = 0; from < bytes.length; ) {
        const size = random.below(12);
        chunks.push(bytes.subarray(from, from + size));
        from += size;
      }
      const read = [];
      for await (const record of eachRecord(readRecords(Readable.from(chunks), { maxBytes: 1_000 })))
        read.push(record.bytes?.toString());
      expect(read).toEqual(lines);
    }
  });
});

describe("records are objects over several lines", () => {
  const pretty = (...values: object[]) => values.map((value) => JSON.stringify(value, null, 2)).join("\n");
  const tricky = { a: '} "{ \\', b: [{ c: "é😀" }, []], d: { e: {} } };
  test.each([
    ["one", pretty({ a: 1 }), ['1 {\n  "a": 1\n}']],
    ["several", pretty({ a: 1 }, tricky, {}), [`1 ${pretty({ a: 1 })}`, `2 ${pretty(tricky)}`, "3 {}"]],
    ["with a mark and the line ends of Windows", '\ufeff{\r\n"a": 1}\r\n\r\n', ['1 {\r\n"a": 1}']],
    ["after blank lines and a space", '\n\n  { \n"a": 1}', ['1 { \n"a": 1}']],
    ["that are cut off", '{\n"a": {}}{\n"b": {', ['1 {\n"a": {}}', '2 {\n"b": {']],
    ["with a brace too many", '{\n"a": 1}}\n{\n}', ['1 {\n"a": 1}', "2 }", "3 {\n}"]],
    ["among what is none", '{\n"a": 1}, x\n{\n}', ['1 {\n"a": 1}', "2 , x\n{\n}"]],
  ])("%s", async (_, text, records) => {
    expect(await readText(text)).toEqual(records);
    for (const size of [1, 2, 3, 5]) expect(await read(slices(Buffer.from(text), size))).toEqual(records);
  });

  test("but an object on the first line makes all of them lines", async () => {
    expect(await readText('{}\n{\n"a": 1}\n')).toEqual(["1 {}", "2 {", '3 "a": 1}']);
  });

  test("and one that is too long is told by its place", async () => {
    const long = pretty({ a: "x".repeat(100) });
    expect(await readText(`${pretty({ b: 1 })}${long}${pretty({ c: 1 })}`, 50)).toEqual([
      `1 ${pretty({ b: 1 })}`,
      "2 (too long)",
      `3 ${pretty({ c: 1 })}`,
    ]);
  });
});

describe("records are the items of an array", () => {
  test.each([
    ["none", "[ ]\n", []],
    ["some", '[{"a": "],"}, [1],\n2]\n', ['1 {"a": "],"}', "2  [1]", "3 \n2"]],
    ["one that is cut off", '[{}, {"a', ["1 {}", '2  {"a']],
    ["cut off after an item", "[{}, {}", ["1 {}", "2  {}", "3 (not closed)"]],
    ["cut off after a comma", "[{},\n", ["1 {}", "2 (not closed)"]],
    ["cut off before all", "[", ["1 (not closed)"]],
  ])("%s", async (_, text, expected) => {
    for (const size of [1, 2, 3, 100]) {
      const records = [];
      const source = Readable.from(slices(Buffer.from(text), size));
      for await (const { line, bytes, fault } of eachRecord(readRecords(source, { maxBytes: 1_000 })))
        records.push(`${line} ${fault?.includes("is not closed") ? "(not closed)" : bytes}`);
      expect(records).toEqual(expected);
    }
  });
});

describe("a line over the limit", () => {
  test("is told by its number and not kept; its neighbours are", async () => {
    const text = `aaa\n${"b".repeat(11)}\n${"c".repeat(10)}\n${"d".repeat(5_000)}\ne`;
    const records = ["1 aaa", "2 (too long)", "3 cccccccccc", "4 (too long)", "5 e"];
    expect(await readText(text, 10)).toEqual(records);
    for (const size of [1, 7, 10, 11])
      expect(await read(slices(Buffer.from(text), size), 10)).toEqual(records);
  });

  test("is told when it is the last and has no end", async () => {
    expect(await readText(`a\n${"b".repeat(11)}`, 10)).toEqual(["1 a", "2 (too long)"]);
  });

  test("is counted in bytes", async () => {
    expect(await readText("é".repeat(5), 10)).toEqual(["1 ééééé"]);
    expect(await readText("é".repeat(6), 10)).toEqual(["1 (too long)"]);
  });
});

describe("the stream", () => {
  test("is read no further than records are asked for", async () => {
    let given = 0;
    const source = Readable.from(
      (function* () {
        for (; given < 10_000; given++) yield Buffer.from(`${given}\n`);
      })(),
    );
    const records = eachRecord(readRecords(source, { maxBytes: 100 }));
    for (let line = 1; line <= 10; line++) expect((await records.next()).value?.line).toBe(line);
    expect(given).toBeLessThan(100);
    await records.return(undefined);
  });

  test.each([0, 1, 2, 5])("passes its own error on, after %i chunks", async (count) => {
    const failure = new Error("disk gone");
    const source = Readable.from(
      (function* () {
        for (let index = 0; index < count; index++) yield Buffer.from("a\n");
        throw failure;
      })(),
    );
    const lines: number[] = [];
    const reading = (async () => {
      for await (const { line } of eachRecord(readRecords(source, { maxBytes: 100 }))) lines.push(line);
    })();
    await expect(reading).rejects.toBe(failure);
    expect(lines.length).toBeLessThanOrEqual(count);
  });
});

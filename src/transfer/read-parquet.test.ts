import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { SchemaElement } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eachRecord } from "../../test/support/each-record.ts";
import { rejectionOf } from "../../test/support/thrown.ts";
import { readRecords } from "./read-records.ts";
import { describeSource, type SourceHints } from "./source-hints.ts";

const encode = (columnData: ColumnSource[], options: { rowGroupSize?: number; pageSize?: number } = {}) =>
  Buffer.from(parquetWriteBuffer({ columnData, ...options }));

async function read(bytes: Buffer, hints: SourceHints = {}, maxBytes = 100_000): Promise<string[]> {
  const chunks = [];
  for (let from = 0; from < bytes.length; from += 1_000) chunks.push(bytes.subarray(from, from + 1_000));
  const records = [];
  const source = describeSource(Readable.from(chunks), hints);
  for await (const { line, bytes } of eachRecord(readRecords(source, { maxBytes })))
    records.push(`${line} ${bytes ?? "(too long)"}`);
  return records;
}

/** A temporary directory of the test's own: whatever is left in it was forgotten. */
let directory: string;
const previous = process.env.TMPDIR;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "parquet-"));
  process.env.TMPDIR = directory;
});
afterAll(async () => {
  if (previous === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = previous;
  await rm(directory, { recursive: true });
});
const leftBehind = () => readdir(directory);

const texts = (count: number, length = 10) =>
  Array.from({ length: count }, (_, index) => `${index} ${"é".repeat(length)}`);

describe("a row is an object of its columns", () => {
  test.each<[string, ColumnSource, string]>([
    ["text", { name: "a", data: ['x\n"y"', null, "é"], type: "STRING" }, '"x\\n\\"y\\"" null "é"'],
    [
      "64-bit integers, to the digit",
      { name: "a", data: [2n ** 62n + 1n, -3n], type: "INT64" },
      "4611686018427387905 -3",
    ],
    [
      "doubles",
      { name: "a", data: [0.1, Number.NaN, Number.POSITIVE_INFINITY, null, -2], type: "DOUBLE" },
      "0.1 null null null -2",
    ],
    ["truth values", { name: "a", data: [true, false, null], type: "BOOLEAN" }, "true false null"],
    [
      "times",
      { name: "a", data: [new Date("2026-01-02T03:04:05.678Z"), new Date(-1)], type: "TIMESTAMP" },
      '"2026-01-02T03:04:05.678Z" "1969-12-31T23:59:59.999Z"',
    ],
    ["bytes that are text", { name: "a", data: [Buffer.from("é")], type: "BYTE_ARRAY" }, '"é"'],
    [
      "bytes that are none, in base64",
      { name: "a", data: [Buffer.from([0xff, 0])], type: "BYTE_ARRAY" },
      '"/wA="',
    ],
    [
      "UUIDs",
      { name: "a", data: ["0a1b2c3d-0000-4000-8000-00000000000a"], type: "UUID" },
      '"0a1b2c3d-0000-4000-8000-00000000000a"',
    ],
    ["JSON", { name: "a", data: [{ b: [1] }], type: "JSON" }, '{"b":[1]}'],
  ])("of %s", async (_, column, values) => {
    const records = await read(
      encode([column, { name: "n", data: Array.from(column.data, () => 1), type: "INT32" }]),
    );
    expect(records.map((record) => /^\d+ \{"a":(.*),"n":1\}$/.exec(record)?.[1]).join(" ")).toBe(values);
  });

  test("and of what is nested in them", async () => {
    const columnData = [
      {
        name: "m",
        data: [
          [
            { role: "user", content: "Hi" },
            { role: "assistant", content: null },
          ],
          [],
        ],
      },
    ];
    const schema = [
      { name: "root", num_children: 1 },
      { name: "m", repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
      { name: "role", type: "BYTE_ARRAY", repetition_type: "OPTIONAL", converted_type: "UTF8" },
      { name: "content", type: "BYTE_ARRAY", repetition_type: "OPTIONAL", converted_type: "UTF8" },
    ] as const;
    const bytes = Buffer.from(parquetWriteBuffer({ columnData, schema: [...schema] }));
    expect(await read(bytes)).toEqual([
      '1 {"m":[{"role":"user","content":"Hi"},{"role":"assistant","content":null}]}',
      '2 {"m":[]}',
    ]);
  });
});

describe("what a double or a calendar does not hold is given as it is written", () => {
  const column = (element: Omit<SchemaElement, "name" | "repetition_type">, data: unknown[]) =>
    Buffer.from(
      parquetWriteBuffer({
        columnData: [{ name: "a", data }],
        schema: [
          { name: "root", num_children: 1 },
          { name: "a", repetition_type: "OPTIONAL", ...element },
        ],
      }),
    );
  const decimal = (precision: number, scale: number) => ({
    converted_type: "DECIMAL" as const,
    precision,
    scale,
  });
  const bytes = { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16 } as const;

  test.each<[string, Buffer, string[]]>([
    [
      "decimals without a fraction",
      column({ ...bytes, ...decimal(38, 0) }, [2n ** 53n + 1n, -(2n ** 53n) - 1n, null]),
      ["9007199254740993", "-9007199254740993", "null"],
    ],
    [
      "decimals with one",
      column({ ...bytes, ...decimal(38, 3) }, [12345678901234567890123456789n, -1n, 300n]),
      ['"12345678901234567890123456.789"', "-0.001", "0.3"],
    ],
    [
      "decimals that lie as integers",
      column({ type: "INT32", ...decimal(9, 1) }, [0.3, -2.5]),
      ["0.3", "-2.5"],
    ],
    [
      "days",
      column({ type: "INT32", converted_type: "DATE" }, [2 ** 31 - 1, 0]),
      ["2147483647", '"1970-01-01"'],
    ],
  ])("%s", async (_, bytes, values) => {
    expect(await read(bytes)).toEqual(values.map((value, index) => `${index + 1} {"a":${value}}`));
  });

  test("but text that is not UTF-8 is a fault of its row", async () => {
    const bytes = column({ type: "BYTE_ARRAY", converted_type: "UTF8" }, [
      Buffer.from("caf\xe9", "latin1"),
      Buffer.from("café"),
    ]);
    const records = [];
    for await (const record of eachRecord(readRecords(Readable.from([bytes]), { maxBytes: 100 })))
      records.push(record);
    expect(records).toMatchObject([
      { line: 1, fault: 'The column "a" holds a text that is not UTF-8' },
      { line: 2, bytes: Buffer.from('{"a":"café"}') },
    ]);
  });
});

test("two columns of one name are refused: a row would hold one of them", async () => {
  const columns: ColumnSource[] = [
    { name: "a", data: ["x"], type: "STRING" },
    { name: "a", data: ["y"], type: "STRING" },
  ];
  expect(await rejectionOf(read(encode(columns)))).toMatchObject({
    code: "bad_parquet",
    message: 'The Parquet file names the column "a" twice',
  });
});

test("rows keep their order over row groups and pages", async () => {
  const data = texts(2_500);
  const rows = data.map((text, index) => `${index + 1} ${JSON.stringify({ a: text })}`);
  for (const options of [{}, { rowGroupSize: 7 }, { rowGroupSize: 2_000, pageSize: 500 }])
    expect(await read(encode([{ name: "a", data, type: "STRING" }], options))).toEqual(rows);
});

test("a row group larger than what is decoded at once is read page by page", async () => {
  const data = texts(3_000, 6_000);
  const bytes = encode([{ name: "a", data, type: "STRING" }], { rowGroupSize: 3_000, pageSize: 1_000_000 });
  const records = await read(bytes);
  expect(records).toHaveLength(3_000);
  expect(
    records.every((record, index) => record === `${index + 1} ${JSON.stringify({ a: data[index] })}`),
  ).toBe(true);
});

test("a page without a value is read in a codec that knows no empty one", async () => {
  const columnData: ColumnSource[] = [{ name: "a", data: [null, null], type: "STRING" }];
  const empty = { LZ4_RAW: () => Uint8Array.of(0) };
  const bytes = Buffer.from(parquetWriteBuffer({ columnData, codec: "LZ4_RAW", compressors: empty }));
  expect(await read(bytes)).toEqual(['1 {"a":null}', '2 {"a":null}']);
});

test("a row over the limit is told by its number", async () => {
  const bytes = encode([{ name: "a", data: ["x", "y".repeat(100), "z"], type: "STRING" }]);
  expect(await read(bytes, {}, 50)).toEqual(['1 {"a":"x"}', "2 (too long)", '3 {"a":"z"}']);
});

describe("the file", () => {
  const bytes = encode([{ name: "a", data: ["x"], type: "STRING" }]);

  test("is read from a copy, of which nothing stays behind", async () => {
    expect(await read(bytes)).toEqual(['1 {"a":"x"}']);
    expect(await read(gzipSync(bytes))).toEqual(['1 {"a":"x"}']);
    expect(await leftBehind()).toEqual([]);
  });

  test("is read where it lies when that is known, unless it is gzipped there", async () => {
    const path = join(directory, "a.parquet");
    await writeFile(path, bytes);
    // The stream breaks off right after the first bytes: no more of it is needed.
    const head = bytes.subarray(0, 8);
    expect(await read(head, { path })).toEqual(['1 {"a":"x"}']);
    await writeFile(path, gzipSync(bytes));
    expect(await read(gzipSync(bytes), { path })).toEqual(['1 {"a":"x"}']);
    await rm(path);
    expect(await leftBehind()).toEqual([]);
  });

  test("is closed when no more rows are asked for", async () => {
    for await (const _ of readRecords(Readable.from([bytes]), { maxBytes: 100 })) break;
    expect(await leftBehind()).toEqual([]);
  });

  test("is not looked for in what is said to be lines", async () => {
    const reading = readRecords(Readable.from([bytes]), { maxBytes: 10_000, areLines: true });
    const { value } = await eachRecord(reading).next();
    expect(value?.bytes?.toString("latin1")).toMatch(/^PAR1/);
  });

  test.each([
    ["is cut off", bytes.subarray(0, -10)],
    ["is nothing but its first bytes", bytes.subarray(0, 4)],
    ["is encrypted", Buffer.concat([Buffer.from("PARE"), bytes.subarray(4)])],
    [
      "is damaged",
      Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(bytes.length - 12, 7), bytes.subarray(-8)]),
    ],
  ])("is refused when it %s", async (_, broken) => {
    const error = await rejectionOf(read(broken));
    expect(error).toMatchObject({ code: "bad_parquet", status: 422 });
    expect(await leftBehind()).toEqual([]);
  });

  test("leaves nothing behind when its stream breaks", async () => {
    const failure = new Error("gone");
    const source = Readable.from(
      (function* () {
        yield bytes.subarray(0, 20);
        throw failure;
      })(),
    );
    await expect(readRecords(source, { maxBytes: 100 }).next()).rejects.toBe(failure);
    expect(await leftBehind()).toEqual([]);
  });
});

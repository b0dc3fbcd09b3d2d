// Bytes to records: gunzipped where they are gzip, cut into lines, array items or rows, whatever the size of the whole.
import type { Readable } from "node:stream";
import { gunzipped } from "./gunzip.ts";
import { openParquet, PARQUET_MAGIC } from "./open-parquet.ts";
import { readCsv } from "./read-csv.ts";
import { readParquet } from "./read-parquet.ts";
import { isBlank, type SourceRecord } from "./record-collector.ts";
import { findHints } from "./source-hints.ts";
import { splitArray } from "./split-array.ts";
import { splitLines } from "./split-lines.ts";

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const OPEN_BRACKET = 0x5b;

export interface ReadOptions {
  /** Longest record; of a longer one only its place is given out. */
  maxBytes: number;
  /** The stream is said to be lines, even where it begins like an array. */
  areLines?: boolean;
}

/** The stream's records, in order, some at a time: a turn of the event loop for each would be a third of the work. */
export async function* readRecords(
  source: Readable,
  { maxBytes, areLines }: ReadOptions,
): AsyncGenerator<SourceRecord[]> {
  const chunks = gunzipped(source);
  const head = await readHead(chunks);
  const bytes = prepend(head, chunks);
  const { isCsv, path } = findHints(source);
  const isArray = head.find((byte) => byte > 0x20) === OPEN_BRACKET;
  if (areLines === true) yield* splitLines(bytes, maxBytes);
  else if (head.subarray(0, PARQUET_MAGIC.length).equals(PARQUET_MAGIC))
    yield* readRows(path, bytes, maxBytes);
  else if (isCsv === true) yield* readCsv(bytes, maxBytes);
  else yield* (isArray ? splitArray : splitLines)(bytes, maxBytes);
}

async function* readRows(
  path: string | undefined,
  bytes: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<SourceRecord[]> {
  const file = await openParquet(path, bytes);
  try {
    yield* readParquet(file, maxBytes);
  } finally {
    await file.close();
  }
}

/** The first bytes that tell what the stream is; blank ones before them are let go, as is a byte order mark. */
async function readHead(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < PARQUET_MAGIC.length || isBlank(head)) {
    const next = await chunks.next();
    if (next.done) break;
    head = head.length < PARQUET_MAGIC.length ? Buffer.concat([head, next.value]) : next.value;
  }
  return head.subarray(0, 3).equals(BYTE_ORDER_MARK) ? head.subarray(3) : head;
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

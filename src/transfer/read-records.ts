// Bytes to records: gunzipped where they are gzip, cut into lines, array items, objects or rows, whatever the size of the whole.
import type { Readable } from "node:stream";
import { AppError } from "../contract/errors.ts";
import { refuseForeign } from "./foreign-bytes.ts";
import { gunzipped } from "./gunzip.ts";
import { ENCRYPTED_PARQUET_MAGIC, openParquet, PARQUET_MAGIC } from "./open-parquet.ts";
import { readCsv } from "./read-csv.ts";
import { readParquet } from "./read-parquet.ts";
import { isBlank, type SourceRecord } from "./record-collector.ts";
import { findHints } from "./source-hints.ts";
import { splitLines } from "./split-lines.ts";
import { splitNested } from "./split-nested.ts";

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const LINE_FEED = 0x0a;
const MAX_HEAD_BYTES = 65_536;

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
  refuseForeign(head);
  const bytes = prepend(head, chunks);
  const { isCsv, path } = findHints(source);
  const layout = findLayout(head) ?? "lines";
  if (areLines === true) yield* splitLines(bytes, maxBytes);
  else if (head.subarray(0, PARQUET_MAGIC.length).equals(ENCRYPTED_PARQUET_MAGIC))
    throw new AppError("bad_parquet", "The Parquet file is encrypted; it can be read once it is decrypted");
  else if (head.subarray(0, PARQUET_MAGIC.length).equals(PARQUET_MAGIC))
    yield* readRows(path, bytes, maxBytes);
  else if (isCsv === true) yield* readCsv(bytes, maxBytes);
  else if (layout === "lines") yield* splitLines(bytes, maxBytes);
  else yield* splitNested(bytes, layout, maxBytes);
}

/** Undefined where only what follows tells. A first line that has nothing but a brace begins an object over several. */
function findLayout(head: Buffer): "array" | "objects" | "lines" | undefined {
  const start = head.findIndex((byte) => byte > 0x20);
  if (start === -1) return undefined;
  if (head[start] === OPEN_BRACKET) return "array";
  if (head[start] !== OPEN_BRACE) return "lines";
  const rest = head.subarray(start + 1);
  const end = rest.indexOf(LINE_FEED);
  if (!isBlank(end === -1 ? rest : rest.subarray(0, end))) return "lines";
  return end === -1 ? undefined : "objects";
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
  for (;;) {
    const isEnough = head.length >= PARQUET_MAGIC.length;
    const isOpen =
      isBlank(head) || (findLayout(withoutMark(head)) === undefined && head.length < MAX_HEAD_BYTES);
    if (isEnough && !isOpen) break;
    const next = await chunks.next();
    if (next.done) break;
    head = isEnough && isBlank(head) ? next.value : Buffer.concat([head, next.value]);
  }
  return withoutMark(head);
}

function withoutMark(head: Buffer): Buffer {
  return head.subarray(0, 3).equals(BYTE_ORDER_MARK) ? head.subarray(3) : head;
}

async function* prepend(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

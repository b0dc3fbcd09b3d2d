// Parquet rows to records: each row is given out as a JSON object of its columns.
import type { FileHandle } from "node:fs/promises";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from "hyparquet";
import { compressors as codecs } from "hyparquet-compressors";
import { AppError } from "../contract/errors.ts";
import { parquetParsers } from "./parquet-parsers.ts";
import { prepareSchema, writeDecimals } from "./parquet-schema.ts";
import type { SourceRecord } from "./record-collector.ts";
import { NotUtf8Error, rowToJson } from "./row-to-json.ts";

type RowGroup = FileMetaData["row_groups"][number];
type Decompress = NonNullable<Compressors[keyof Compressors]>;

/** What is decoded at once, where the file says which page holds which rows. */
const WINDOW_BYTES = 16_777_216;
/** Without that, row groups are decoded whole: one of 210 MB takes a process of 460 MB. */
const MAX_GROUP_BYTES = 1_073_741_824;
const MAX_READ_BYTES = 1_073_741_824;
/** The marks at both ends, and how long the description before the last one is. */
const LEAST_BYTES = 12;
/** Rows made into records at once. */
const BATCH_ROWS = 100;

/** A page of nulls alone holds nothing, and LZ4 fails on that. */
const compressors: Compressors = Object.fromEntries(
  Object.entries(codecs).map(([codec, decompress]): [string, Decompress] => [
    codec,
    (input, length) => (length === 0 ? new Uint8Array() : decompress(input, length)),
  ]),
);

/** Rows in order, some at a time; a record's line is its row, counted from 1. */
export async function* readParquet(handle: FileHandle, maxBytes: number): AsyncGenerator<SourceRecord[]> {
  const { size: byteLength } = await handle.stat();
  if (byteLength < LEAST_BYTES)
    throw new AppError("bad_parquet", "The Parquet file breaks off at its beginning");
  const file = toAsyncBuffer(handle, byteLength);
  const metadata = await orBad(parquetMetadataAsync(file, { geoparquet: false }));
  const decimals = prepareSchema(metadata.schema);
  let row = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    const end = row + groupRows;
    const size = windowRows(group);
    while (row < end) {
      const rowEnd = Math.min(row + size, end);
      const window = { rowStart: row, rowEnd, useOffsetIndex: size < groupRows };
      const rows = await orBad(
        parquetReadObjects({ file, metadata, compressors, parsers: parquetParsers, utf8: false, ...window }),
      );
      for (let from = 0; from < rows.length; from += BATCH_ROWS)
        yield rows
          .slice(from, from + BATCH_ROWS)
          .map((members) => toRecord(++row, writeDecimals(members, decimals), maxBytes));
      row = rowEnd;
    }
  }
}

/** A column without a value is null, so that each record has every column. */
function toRecord(line: number, columns: Record<string, unknown>, maxBytes: number): SourceRecord {
  const members: string[] = [];
  for (const [name, value] of Object.entries(columns)) {
    try {
      members.push(`${JSON.stringify(name)}:${rowToJson(value ?? null)}`);
    } catch (error) {
      if (!(error instanceof NotUtf8Error)) throw error;
      const fault = `The column "${name}" holds a text that is not UTF-8`;
      return { line, bytes: Buffer.from("[]"), fault };
    }
  }
  const bytes = Buffer.from(`{${members.join(",")}}`);
  return { line, bytes: bytes.length > maxBytes ? undefined : bytes };
}

function windowRows(group: RowGroup): number {
  const rows = Number(group.num_rows);
  const byteSize = Number(group.total_byte_size);
  if (group.columns.every((column) => column.offset_index_offset !== undefined))
    return Math.max(1, Math.ceil((rows * WINDOW_BYTES) / Math.max(byteSize, WINDOW_BYTES)));
  if (byteSize <= MAX_GROUP_BYTES) return rows;
  const message = `A row group of the Parquet file holds ${byteSize} bytes, more than fit into memory; write the file with smaller row groups or a page index`;
  throw new AppError("bad_parquet", message);
}

function toAsyncBuffer(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
      for (let filled = 0; filled < bytes.length; ) {
        const length = Math.min(bytes.length - filled, MAX_READ_BYTES);
        const { bytesRead } = await handle.read(bytes, filled, length, start + filled);
        if (bytesRead === 0) throw new Error("it became shorter while it was read");
        filled += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

async function orBad<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    // The disk's own errors have a number.
    if ((cause as { errno?: number }).errno !== undefined) throw cause;
    throw new AppError("bad_parquet", `The Parquet file cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

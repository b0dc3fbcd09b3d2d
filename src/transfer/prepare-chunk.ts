// A chunk of records made ready for the database: here, or in a thread while others are being stored.
import { type EncodedRows, encodeRows } from "../store/encode-rows.ts";
import { toStoredRow } from "../store/stored-row.ts";
import type { ReadChunk, TraceReader } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

export interface PreparedChunk extends Omit<ReadChunk, "rows"> {
  /** The line of each trace. */
  lines: number[];
  rows: EncodedRows;
}

export async function prepareChunk(
  reader: TraceReader,
  records: readonly SourceRecord[],
): Promise<PreparedChunk> {
  const { rows, ...counts } = await reader.read(records);
  return {
    ...counts,
    lines: rows.map(({ line }) => line),
    rows: encodeRows(rows.map(({ row }) => toStoredRow(row))),
  };
}

// A chunk of records made ready for the database: here, or in a thread while others are being stored.
import { type EncodedRows, RowsEncoder } from "../store/writing/encode-rows.ts";
import { toStoredRow } from "../store/writing/stored-row.ts";
import type { ReadChunk, TraceReader } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

export interface PreparedChunk extends ReadChunk {
  /** The line of each trace. */
  lines: number[];
  rows: EncodedRows;
}

export async function prepareChunk(
  reader: TraceReader,
  records: readonly SourceRecord[],
  rowMemory?: readonly ArrayBuffer[],
): Promise<PreparedChunk> {
  const encoder = new RowsEncoder(rowMemory);
  const lines: number[] = [];
  const counts = await reader.read(records, (row, line) => {
    encoder.add(toStoredRow(row));
    lines.push(line);
  });
  return { ...counts, lines, rows: encoder.finish() };
}

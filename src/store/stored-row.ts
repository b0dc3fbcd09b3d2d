import type { TraceRow } from "../trace/trace-row.ts";
import { compressText, compressTextSync } from "./compress.ts";

/** A row ready for the database: its texts compressed. */
export interface StoredRow extends TraceRow {
  compressedPayload: Buffer;
  compressedTokens: Buffer | null;
}

export async function toStoredRow(row: TraceRow): Promise<StoredRow> {
  return {
    ...row,
    compressedPayload: await compressText(row.payload),
    compressedTokens: row.tokens === null ? null : await compressText(row.tokens.text),
  };
}

/** The same in one go, for threads that have nothing else to do. */
export function toStoredRowSync(row: TraceRow): StoredRow {
  return {
    ...row,
    compressedPayload: compressTextSync(row.payload),
    compressedTokens: row.tokens === null ? null : compressTextSync(row.tokens.text),
  };
}

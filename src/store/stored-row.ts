import type { TraceRow } from "../trace/trace-row.ts";
import { deflateText } from "./deflate.ts";
import type { StoredRow } from "./trace-columns.ts";

/** Deflates what a row keeps as text. */
export async function toStoredRow(row: TraceRow): Promise<StoredRow> {
  return {
    ...row,
    deflatedPayload: await deflateText(row.payload),
    deflatedTokens: row.tokens === null ? null : await deflateText(row.tokens.text),
  };
}

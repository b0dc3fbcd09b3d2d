import type { TraceRow } from "../trace/trace-row.ts";
import { compress } from "./compress.ts";

/** A row ready for the database: its texts compressed, and no longer held. */
export interface StoredRow extends Omit<TraceRow, "payload" | "tokens"> {
  tokens: { offset: number } | null;
  compressedPayload: Buffer;
  compressedTokens: Buffer | null;
}

export function toStoredRow({ payload, tokens, ...row }: TraceRow): StoredRow {
  return {
    ...row,
    tokens: tokens && { offset: tokens.offset },
    compressedPayload: compress(payload),
    compressedTokens: tokens && compress(tokens.text),
  };
}

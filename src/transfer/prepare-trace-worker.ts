import { AppError, type ErrorCode, type Issue } from "../contract/errors.ts";
import type { StoredRow } from "../store/writing/stored-row.ts";
import { handOver } from "./hand-over.ts";
import { readTrace } from "./read-trace.ts";

/** What crosses back: bytes no longer as Buffers, and an error's members alone. */
export type ThreadResult =
  | { row: StoredRow; fault?: undefined }
  | { row?: undefined; fault: { code: ErrorCode; message: string; issues: readonly Issue[] } };

/** What a thread runs for a large posted body; for an empty one nothing: then it is there when it is needed. */
export default function prepare(body: Uint8Array): ThreadResult | undefined {
  if (body.length === 0) return undefined;
  try {
    const row = readTrace(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    return handOver({ row }, [
      row.compressedPayload,
      ...(row.compressedTokens ? [row.compressedTokens] : []),
    ]);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, issues } = error;
    return { fault: { code, message, issues } };
  }
}

import { type StoredRow, toStoredRow } from "../store/writing/stored-row.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJsonBytes } from "../trace/json-document.ts";
import { toTraceRow } from "../trace/trace-row.ts";

/** A posted body as the row it becomes, or throws what is wrong with it. */
export function readTrace(body: Buffer): StoredRow {
  const document = parseJsonBytes(body);
  return toStoredRow(toTraceRow(document, checkTrace(document.value)));
}

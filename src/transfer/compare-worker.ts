import type { Trace } from "../contract/trace.ts";
import { compareTraces } from "../trace/compare-traces.ts";
import { decodeUtf8 } from "../trace/decode-utf8.ts";
import { parseExactly } from "../trace/parse-exactly.ts";

export interface CompareTask {
  /** Payloads: JSON in UTF-8. */
  base: Uint8Array;
  other: Uint8Array;
}

/** What a thread runs to compare two large traces; the comparison as JSON. */
export default function compare({ base, other }: CompareTask): string {
  return JSON.stringify(compareTraces(parse(base), parse(other)));
}

const parse = (bytes: Uint8Array) => parseExactly(decodeUtf8(bytes)) as Trace;

import { letGo } from "../store/let-go.ts";
import { thoseThatMatch, toTraces } from "../store/stream-traces.ts";
import { joinBytes } from "./join-bytes.ts";
import { writeEnvelope } from "./write-envelope.ts";

/** A block of an export's rows, as `streamTraceRows` gives them, and the text that their traces are to match. */
export interface Block {
  rows: Uint8Array;
  q: string | undefined;
}

/** Export lines, one for each trace. */
export interface Lines {
  traces: number;
  bytes: Uint8Array;
}

/** @param memory for the lines, if they fit */
export function writeLines({ rows, q }: Block, memory?: Buffer): Lines {
  const candidates = toTraces(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
  const traces = thoseThatMatch(candidates, q);
  const bytes = joinBytes(traces.flatMap(writeEnvelope), memory);
  letGo(candidates.map(({ payload }) => payload));
  return { traces: traces.length, bytes };
}

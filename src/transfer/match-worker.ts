import { brotliDecompressSync } from "node:zlib";
import type { SearchExcerpt } from "../contract/search.ts";
import { compilePattern, findMatches } from "../search/find-matches.ts";
import { traceTexts } from "../search/trace-texts.ts";
import { decodeUtf8 } from "../trace/decode-utf8.ts";

export interface MatchTask {
  pattern: string;
  /** As they are stored. */
  payloads: Uint8Array[];
  limit: number;
}

export interface MatchedPayloads {
  /** Bytes of JSON that were read. */
  bytes: number;
  /** How many of the payloads were read; fewer than all when the limit was met. */
  read: number;
  matches: { payload: number; excerpts: SearchExcerpt[] }[];
}

/** What a thread runs for some traces at once. */
export default function match({ pattern, payloads, limit }: MatchTask): MatchedPayloads {
  const compiled = compilePattern(pattern);
  const result: MatchedPayloads = { bytes: 0, read: 0, matches: [] };
  let left = limit;
  for (const [payload, compressed] of payloads.entries()) {
    if (left === 0) break;
    const json = brotliDecompressSync(compressed);
    const excerpts = findMatches(compiled, traceTexts(JSON.parse(decodeUtf8(json))), left);
    result.bytes += json.length;
    result.read++;
    left -= excerpts.length;
    if (excerpts.length > 0) result.matches.push({ payload, excerpts });
  }
  return result;
}

import { type PreparedChunk, prepareChunk } from "./prepare-chunk.ts";
import type { PreparingTask } from "./preparing-threads.ts";
import { TraceReader } from "./read-traces.ts";

/** What a thread runs for each chunk. */
export default async function prepare({
  options,
  lines,
  ends,
  tooLong,
  bytes,
}: PreparingTask): Promise<PreparedChunk> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = lines.map((line, index) => ({
    line,
    bytes: tooLong[index] ? undefined : whole.subarray(ends[index - 1] ?? 0, ends[index]),
  }));
  return prepareChunk(new TraceReader(options), records);
}

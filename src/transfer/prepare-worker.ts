import { move, transferableSymbol, valueSymbol } from "piscina";
import { createMappedFormat } from "../formats/mapped.ts";
import { prepareChunk } from "./prepare-chunk.ts";
import type { PreparingTask } from "./preparing-threads.ts";
import { TraceReader } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

/** What a thread runs for each chunk; the encoded bytes are handed over, not copied. */
export default async function prepare(task: PreparingTask): Promise<unknown> {
  const { options, map, lines, ends, tooLong, faults, bytes } = task;
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = lines.map((line, index): SourceRecord => {
    const fault = faults[index];
    return {
      line,
      bytes: tooLong[index] ? undefined : whole.subarray(ends[index - 1] ?? 0, ends[index]),
      ...(fault !== undefined && { fault }),
    };
  });
  const format = map === undefined ? options.format : createMappedFormat(map);
  const chunk = await prepareChunk(new TraceReader({ ...options, format }), records);
  return move({
    [transferableSymbol]: chunk.rows.tables.map(({ bytes: encoded }) => encoded.buffer),
    [valueSymbol]: chunk,
  } as never);
}

import { createMappedFormat } from "../formats/mapped.ts";
import { handOver } from "./hand-over.ts";
import { prepareChunk } from "./prepare-chunk.ts";
import { type PreparedTask, type PreparingTask, unpackRecords } from "./preparing-threads.ts";
import { TraceReader } from "./read-traces.ts";

/** What a thread runs for each chunk of an import. */
export default async function prepare(task: PreparingTask): Promise<PreparedTask> {
  const { options, map } = task;
  const format = map === undefined ? options.format : createMappedFormat(map);
  const chunk = await prepareChunk(
    new TraceReader({ ...options, format }),
    unpackRecords(task),
    task.rowMemory,
  );
  const memory = task.bytes.buffer as ArrayBuffer;
  return handOver({ chunk, memory }, [task.bytes, ...chunk.rows.tables.map(({ bytes }) => bytes)]);
}

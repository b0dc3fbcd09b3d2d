// Threads that prepare chunks: with them, parsing and compressing take more processors than one.
import type { PreparedChunk } from "./prepare-chunk.ts";
import type { ReaderOptions } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";
import { runInThread } from "./threads.ts";

/** A chunk as it crosses to a thread: its records' bytes in one piece. */
export interface PreparingTask {
  options: ReaderOptions;
  /** The map of a mapped format; another is known by its name. */
  map: string | undefined;
  lines: number[];
  /** One past each record's last byte; the same as the one before for a record that was too long. */
  ends: number[];
  tooLong: boolean[];
  faults: (string | undefined)[];
  bytes: Uint8Array;
}

export async function prepareInThread(
  options: ReaderOptions,
  map: string | undefined,
  records: readonly SourceRecord[],
): Promise<PreparedChunk> {
  let end = 0;
  const task: PreparingTask = {
    options,
    map,
    lines: records.map(({ line }) => line),
    ends: records.map(({ bytes }) => (end += bytes?.length ?? 0)),
    tooLong: records.map(({ bytes }) => bytes === undefined),
    faults: records.map(({ fault }) => fault),
    bytes: Buffer.concat(records.map(({ bytes }) => bytes ?? Buffer.alloc(0))),
  };
  return runInThread("prepare-worker", task);
}

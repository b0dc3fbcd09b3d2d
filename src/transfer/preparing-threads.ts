// Threads that prepare chunks: with them, parsing and compressing take more processors than one.
import type { EncodedRows } from "../store/writing/encode-rows.ts";
import type { RecordChunk } from "./chunk-records.ts";
import type { PreparedChunk } from "./prepare-chunk.ts";
import type { ReaderOptions } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";
import type { SpareMemory } from "./spare-memory.ts";
import { runInThread } from "./threads.ts";

/** Larger memory is rare, and not kept. */
const MAX_SPARE_BYTES = 4_000_000;

/** A chunk as it crosses to a thread: its records' bytes in one piece. */
export interface PreparingTask {
  options: ReaderOptions;
  /** The map of a mapped format; another is known by its name. */
  map: string | undefined;
  lines: Uint32Array;
  /** One past each record's last byte; the same as the one before for a record that was too long. */
  ends: Uint32Array;
  /** What only few records have, by their place in the chunk. */
  tooLong: ReadonlySet<number>;
  faults: ReadonlyMap<number, string>;
  bytes: Uint8Array;
  /** Where to write the rows. */
  rowMemory: ArrayBuffer[];
}

/** What comes back: the chunk, and the memory in which its records were. */
export interface PreparedTask {
  chunk: PreparedChunk;
  memory: ArrayBuffer;
}

/** Of one import. Memory goes to a thread and back. */
export class PreparingThreads {
  readonly #spare: SpareMemory;
  readonly #spareRows: ArrayBuffer[][] = [];

  constructor(spare: SpareMemory) {
    this.#spare = spare;
  }

  async prepare(
    options: ReaderOptions,
    map: string | undefined,
    { records, bytes = joinRecords(records) }: RecordChunk,
  ): Promise<PreparedChunk> {
    const packed = { ...describeRecords(records), bytes };
    const rowMemory = this.#spareRows.pop() ?? [];
    const task: PreparingTask = { options, map, ...packed, rowMemory };
    const { chunk, memory } = await runInThread<PreparedTask>("prepare-worker", task, {
      transferList: [bytes.buffer as ArrayBuffer, ...rowMemory],
    });
    this.#spare.giveBack(memory);
    return chunk;
  }

  /** Takes back the memory of rows that are stored. */
  release({ tables }: EncodedRows): void {
    const memory = tables.map(({ bytes }) => bytes.buffer as ArrayBuffer);
    if (memory.every(({ byteLength }) => byteLength <= MAX_SPARE_BYTES)) this.#spareRows.push(memory);
  }
}

/** In memory of their own, which can be handed over. */
function joinRecords(records: readonly SourceRecord[]): Buffer {
  const parts = records.map(({ bytes }) => bytes ?? new Uint8Array());
  const joined = Buffer.from(new ArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0)));
  let length = 0;
  for (const part of parts) {
    joined.set(part, length);
    length += part.length;
  }
  return joined;
}

function describeRecords(
  records: readonly SourceRecord[],
): Pick<PreparingTask, "lines" | "ends" | "tooLong" | "faults"> {
  const lines = new Uint32Array(records.length);
  const ends = new Uint32Array(records.length);
  const tooLong = new Set<number>();
  const faults = new Map<number, string>();
  let size = 0;
  for (const [index, { line, bytes, fault }] of records.entries()) {
    lines[index] = line;
    ends[index] = size += bytes?.length ?? 0;
    if (bytes === undefined) tooLong.add(index);
    if (fault !== undefined) faults.set(index, fault);
  }
  return { lines, ends, tooLong, faults };
}

/** The records again, in the thread. */
export function unpackRecords({ lines, ends, tooLong, faults, bytes }: PreparingTask): SourceRecord[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from(lines, (line, index): SourceRecord => {
    const fault = faults.get(index);
    return {
      line,
      bytes: tooLong.has(index) ? undefined : whole.subarray(ends[index - 1] ?? 0, ends[index]),
      ...(fault !== undefined && { fault }),
    };
  });
}

import type { SourceRecord } from "./record-collector.ts";
import type { SpareMemory } from "./spare-memory.ts";

/** A chunk has at most so many records, and no more once it has so many bytes. */
export interface ChunkSize {
  records: number;
  bytes: number;
}

export const TRACES: ChunkSize = { records: 500, bytes: 2_000_000 };

export interface RecordChunk {
  records: SourceRecord[];
  /** Of the records, in bytes. */
  size: number;
  /** Where all the records' bytes lie, one after the other. */
  bytes?: Buffer;
}

/**
 * Records in chunks that are stored together.
 * @param spare memory to put their bytes into, as far as it goes
 */
export async function* chunked(
  source: AsyncIterable<SourceRecord[]>,
  max: ChunkSize = TRACES,
  spare?: SpareMemory,
): AsyncGenerator<RecordChunk> {
  let chunk: RecordChunk = { records: [], size: 0 };
  let memory = spare?.take();
  for await (const batch of source) {
    for (const record of batch) {
      add(record, chunk, memory);
      if (chunk.records.length < max.records && chunk.size < max.bytes) continue;
      yield chunk;
      chunk = { records: [], size: 0 };
      memory = spare?.take();
    }
  }
  if (chunk.records.length > 0) yield chunk;
}

/** A record that finds no room stays where it is, and so do those after it. */
function add(record: SourceRecord, chunk: RecordChunk, memory: Buffer | undefined): void {
  const length = record.bytes?.length ?? 0;
  const isPacked = chunk.records.length === 0 || chunk.bytes !== undefined;
  if (memory !== undefined && isPacked && chunk.size + length <= memory.length) {
    record.bytes?.copy(memory, chunk.size);
    if (record.bytes !== undefined) record.bytes = memory.subarray(chunk.size, chunk.size + length);
    chunk.bytes = memory.subarray(0, chunk.size + length);
  } else delete chunk.bytes;
  chunk.records.push(record);
  chunk.size += length;
}

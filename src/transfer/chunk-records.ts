import type { SourceRecord } from "./record-collector.ts";

/** A chunk has at most so many records, and no more once it has so many bytes. */
export interface ChunkSize {
  records: number;
  bytes: number;
}

const TRACES: ChunkSize = { records: 500, bytes: 2_000_000 };

export interface RecordChunk {
  records: SourceRecord[];
  /** Of the records, in bytes. */
  size: number;
}

/** Records in chunks that are stored together. */
export async function* chunked(
  source: AsyncIterable<SourceRecord[]>,
  max: ChunkSize = TRACES,
): AsyncGenerator<RecordChunk> {
  let records: SourceRecord[] = [];
  let size = 0;
  for await (const batch of source) {
    for (const record of batch) {
      records.push(record);
      size += record.bytes?.length ?? 0;
      if (records.length < max.records && size < max.bytes) continue;
      yield { records, size };
      records = [];
      size = 0;
    }
  }
  if (records.length > 0) yield { records, size };
}

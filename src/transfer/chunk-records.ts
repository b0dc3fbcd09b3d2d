import type { SourceRecord } from "./record-collector.ts";

/** A chunk has at most so many records, and no more once it has so many bytes. */
export interface ChunkSize {
  records: number;
  bytes: number;
}

const TRACES: ChunkSize = { records: 500, bytes: 2_000_000 };

/** Records in chunks that are stored together, with their size in bytes. */
export async function* chunked(
  source: AsyncIterable<SourceRecord>,
  max: ChunkSize = TRACES,
): AsyncGenerator<{ records: SourceRecord[]; size: number }> {
  let records: SourceRecord[] = [];
  let size = 0;
  for await (const record of source) {
    records.push(record);
    size += record.bytes?.length ?? 0;
    if (records.length < max.records && size < max.bytes) continue;
    yield { records, size };
    records = [];
    size = 0;
  }
  if (records.length > 0) yield { records, size };
}

import type { SourceRecord } from "./record-collector.ts";

const CHUNK_RECORDS = 500;
const CHUNK_BYTES = 2_000_000;

/** Records in chunks that are stored together, with their size in bytes. */
export async function* chunked(
  source: AsyncIterable<SourceRecord>,
): AsyncGenerator<{ records: SourceRecord[]; size: number }> {
  let records: SourceRecord[] = [];
  let size = 0;
  for await (const record of source) {
    records.push(record);
    size += record.bytes?.length ?? 0;
    if (records.length < CHUNK_RECORDS && size < CHUNK_BYTES) continue;
    yield { records, size };
    records = [];
    size = 0;
  }
  if (records.length > 0) yield { records, size };
}

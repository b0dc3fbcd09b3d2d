import type { SourceRecord } from "../../src/transfer/record-collector.ts";

/** The records of batches, one by one. */
export async function* eachRecord(batches: AsyncIterable<SourceRecord[]>): AsyncGenerator<SourceRecord> {
  for await (const batch of batches) yield* batch;
}

import { isBlank, RecordCollector, type SourceRecord } from "./record-collector.ts";

const LINE_FEED = 0x0a;

/** Non-blank lines, in order, those that end within a chunk together. */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<SourceRecord[]> {
  const collector = new RecordCollector(maxBytes);
  let line = 0;
  for await (const chunk of chunks) {
    const records: SourceRecord[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      collector.add(chunk.subarray(from, end));
      from = end + 1;
      line++;
      const bytes = collector.take();
      if (bytes === undefined || !isBlank(bytes)) records.push({ line, bytes });
    }
    if (from < chunk.length) collector.add(chunk.subarray(from));
    if (records.length > 0) yield records;
  }
  if (collector.isEmpty) return;
  const bytes = collector.take();
  if (bytes === undefined || !isBlank(bytes)) yield [{ line: line + 1, bytes }];
}

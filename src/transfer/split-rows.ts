// CSV of any length, cut into its rows (RFC 4180, and quotes within an unquoted field, which are text).
import { isBlank, RecordCollector, type SourceRecord } from "./record-collector.ts";

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type State = "field start" | "unquoted" | "quoted" | "after quote";

/** Non-blank rows, in order, with the line each begins at, those that end within a chunk together; a quoted
 * field may hold line breaks. */
export async function* splitRows(
  chunks: AsyncIterable<Buffer>,
  delimiter: number,
  maxBytes: number,
): AsyncGenerator<SourceRecord[]> {
  const collector = new RecordCollector(maxBytes);
  let state: State = "field start";
  let line = 1;
  let rowLine = 1;
  for await (const chunk of chunks) {
    const rows: SourceRecord[] = [];
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte === LINE_FEED) line++;
      if (state === "quoted") {
        if (byte === QUOTE) state = "after quote";
      } else if (byte === LINE_FEED) {
        collector.add(chunk.subarray(from, i));
        from = i + 1;
        const bytes = collector.take();
        if (bytes === undefined || !isBlank(bytes)) rows.push({ line: rowLine, bytes });
        rowLine = line;
        state = "field start";
      } else if (byte === delimiter) state = "field start";
      else if (byte === QUOTE && state !== "unquoted") state = "quoted";
      else if (byte !== CARRIAGE_RETURN || state !== "after quote") state = "unquoted";
    }
    if (from < chunk.length) collector.add(chunk.subarray(from));
    if (rows.length > 0) yield rows;
  }
  if (collector.isEmpty) return;
  const bytes = collector.take();
  if (bytes === undefined || !isBlank(bytes)) yield [{ line: rowLine, bytes }];
}

/** A row's fields; undefined when its quotes don't match. */
export function splitFields(row: string, delimiter: string): string[] | undefined {
  const text = row.endsWith("\r") ? row.slice(0, -1) : row;
  const fields: string[] = [];
  for (let position = 0; ; position++) {
    let end = text.indexOf(delimiter, position);
    if (text[position] === '"') {
      const close = closingQuote(text, position);
      if (close === -1) return undefined;
      fields.push(text.slice(position + 1, close).replaceAll('""', '"'));
      end = close + 1 === text.length ? -1 : close + 1;
      if (end !== -1 && text[end] !== delimiter) return undefined;
    } else fields.push(text.slice(position, end === -1 ? text.length : end));
    if (end === -1) return fields;
    position = end;
  }
}

function closingQuote(text: string, opening: number): number {
  for (let close = text.indexOf('"', opening + 1); close !== -1; close = text.indexOf('"', close + 2))
    if (text[close + 1] !== '"') return close;
  return -1;
}

// JSON of any length that is no lines, cut into the items of an array or into objects, without parsing them.
import { isBlank, RecordCollector, type SourceRecord } from "./record-collector.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;
const UNCLOSED = "The array is not closed: the file may be cut off, or still be being written";

/**
 * The items of an array, or objects one after the other, in order, those that end within a chunk together. What stands where
 * none may, and one that is cut off, is given out as one, for the parser to refuse; an array that ends between items, as a fault.
 */
export async function* splitNested(
  chunks: AsyncIterable<Buffer>,
  layout: "array" | "objects",
  maxBytes: number,
): AsyncGenerator<SourceRecord[]> {
  const isArray = layout === "array";
  const collector = new RecordCollector(maxBytes);
  let place = 0;
  let depth = 0;
  let hasBegun = !isArray;
  let inString = false;
  let isEscaped = false;

  for await (const chunk of chunks) {
    const records: SourceRecord[] = [];
    // Where the part of an item begins that lies in this chunk; -1 outside of all.
    let from = depth === 0 && collector.isEmpty ? -1 : 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      const isOpening = byte === OPEN_BRACKET || byte === OPEN_BRACE;
      const isClosing = byte === CLOSE_BRACKET || byte === CLOSE_BRACE;
      if (byte === QUOTE) inString = true;
      if (isOpening) depth++;
      // Between objects one too many is a record of its own, to be refused.
      if (isClosing && (isArray || depth > 0)) depth--;
      if (isClosing && from === -1) from = i;
      if (isOpening && depth === 1 && !hasBegun) {
        hasBegun = true;
        from = i + 1;
      } else if ((isClosing && depth === 0) || (isArray && byte === COMMA && depth === 1)) {
        collector.add(chunk.subarray(from, isArray ? i : i + 1));
        const bytes = collector.take();
        const isEmptyArray = isClosing && place === 0 && bytes !== undefined && isBlank(bytes);
        if (!isEmptyArray) records.push({ line: ++place, bytes });
        from = isClosing ? -1 : i + 1;
      } else if (from === -1 && byte > 0x20) from = i;
    }
    if (from !== -1) collector.add(chunk.subarray(from));
    if (records.length > 0) yield records;
  }
  if (depth === 0 && collector.isEmpty) return;
  const bytes = collector.take();
  const isUnclosed = isArray && depth === 1 && !inString;
  if (!isUnclosed || bytes === undefined || !isBlank(bytes)) yield [{ line: ++place, bytes }];
  if (isUnclosed) yield [{ line: ++place, bytes: Buffer.alloc(0), fault: UNCLOSED }];
}

// Watches a file's bytes go by: how many there were, and whether its last record has an end.
import { Readable } from "node:stream";

const LINE_FEED = 0x0a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** The first byte of gzip. */
const GZIP = 0x1f;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export class SourceMeter {
  /** As they are in the file: compressed ones where it is compressed. */
  bytes = 0;
  #opening: number | undefined;
  #lineFeeds = 0;
  #last: number | undefined;
  #lastVisible: number | undefined;

  /** The same bytes again. */
  measure(source: Readable): Readable {
    return Readable.from(this.#pass(source), { objectMode: false, highWaterMark: 262_144 });
  }

  /**
   * The number of the record that breaks off, as a report counts: a line of lines, a place in an array.
   * Undefined where the file ends as it should; of gzip its own end tells.
   */
  brokenOffRecord(records: number): number | undefined {
    if (this.bytes === 0 || this.#opening === GZIP) return undefined;
    if (this.#opening === OPEN_BRACKET) return this.#lastVisible === CLOSE_BRACKET ? undefined : records;
    return this.#last === LINE_FEED ? undefined : this.#lineFeeds + 1;
  }

  async *#pass(source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (chunk.length === 0) continue;
      this.#opening ??= chunk.find(
        (byte) => byte === GZIP || (byte > 0x20 && !BYTE_ORDER_MARK.includes(byte)),
      );
      this.bytes += chunk.length;
      this.#last = chunk.at(-1);
      this.#lastVisible = chunk.findLast((byte) => byte > 0x20) ?? this.#lastVisible;
      if (this.#opening !== GZIP) this.#lineFeeds += countLineFeeds(chunk);
      yield chunk;
    }
  }
}

function countLineFeeds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

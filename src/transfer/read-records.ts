// Bytes to records: gunzipped where they are gzip, cut at line ends, whatever the size of the whole.
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "../contract/errors.ts";

export interface SourceRecord {
  /** Its line in the file, counted from 1. */
  line: number;
  /** The line's bytes, or undefined when there were more than `maxBytes` of them. */
  bytes: Buffer | undefined;
}

const LINE_FEED = 0x0a;
const GZIP_MAGIC = [0x1f, 0x8b];

/** Non-empty lines of a stream, in order; a longer line than `maxBytes` is let go unread. */
export async function* readRecords(source: Readable, maxBytes: number): AsyncGenerator<SourceRecord> {
  let line = 0;
  let parts: Buffer[] = [];
  let size = 0;
  const take = (): SourceRecord | undefined => {
    line++;
    const bytes = size > maxBytes ? undefined : Buffer.concat(parts, size);
    parts = [];
    size = 0;
    return bytes !== undefined && isBlank(bytes) ? undefined : { line, bytes };
  };
  for await (const chunk of gunzipped(source)) {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(LINE_FEED, from);
      const part = chunk.subarray(from, end === -1 ? chunk.length : end);
      size += part.length;
      if (size <= maxBytes) parts.push(part);
      else parts = [];
      if (end === -1) break;
      from = end + 1;
      const record = take();
      if (record !== undefined) yield record;
    }
  }
  const last = size > 0 ? take() : undefined;
  if (last !== undefined) yield last;
}

async function* gunzipped(source: Readable): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await iterator.next();
  if (first.done) return;
  const whole = Readable.from(prepend(first.value, iterator));
  const isGzip = GZIP_MAGIC.every((byte, index) => first.value[index] === byte);
  if (!isGzip) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip();
  whole.on("error", (error) => gunzip.destroy(error));
  try {
    yield* whole.pipe(gunzip);
  } catch (cause) {
    if (!String((cause as { code?: string }).code).startsWith("Z_")) throw cause;
    throw new AppError("bad_gzip", `The gzip data is damaged or cut off: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function* prepend(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "../contract/errors.ts";

const GZIP_MAGIC = [0x1f, 0x8b];

/** The stream's bytes, gunzipped where they are gzip; throws `bad_gzip` where that is damaged or cut off. */
export async function* gunzipped(source: Readable): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const head = await readHead(iterator);
  const bytes = Readable.from(prepend(head, iterator), { objectMode: false });
  if (!GZIP_MAGIC.every((byte, index) => head[index] === byte)) {
    yield* bytes;
    return;
  }
  const gunzip = createGunzip({ chunkSize: 262_144 });
  bytes.on("error", (error) => gunzip.destroy(error));
  try {
    yield* bytes.pipe(gunzip);
  } catch (cause) {
    if (!String((cause as { code?: string }).code).startsWith("Z_")) throw cause;
    throw new AppError("bad_gzip", `The gzip data is damaged or cut off: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** At least two bytes, where there are as many. */
async function readHead(iterator: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < GZIP_MAGIC.length) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* prepend(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

import { finished, Readable } from "node:stream";

/** Read ahead of whoever takes the bytes. */
const AHEAD_BYTES = 262_144;

/**
 * The bytes of a request's body. Where it is destroyed, the rest can still be let go, and the connection is left for the answer:
 * a reader of the body itself would hold the one or end the other.
 */
export function openBody(body: Readable): Readable {
  const take = (chunk: Buffer) => {
    if (!source.push(chunk)) body.pause();
  };
  const source = new Readable({
    highWaterMark: AHEAD_BYTES,
    read: () => void body.resume(),
    destroy(error, done) {
      body.off("data", take);
      body.pause();
      done(error);
    },
  });
  body.on("data", take);
  finished(body, { writable: false }, (error) => {
    if (error) source.destroy(error);
    else source.push(null);
  });
  return source;
}

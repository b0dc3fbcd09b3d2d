import { finished, Readable } from "node:stream";
import { AppError } from "../contract/errors.ts";

/** Read ahead of whoever takes the bytes. */
const AHEAD_BYTES = 262_144;

/**
 * The bytes of a request's body. Where it is destroyed, the rest can still be let go, and the connection is left for the answer:
 * a reader of the body itself would hold the one or end the other.
 * It fails when nothing has come for `idleMs`; while nobody asks for bytes, that time does not run.
 */
export function openBody(body: Readable, idleMs: number): Readable {
  let timer: NodeJS.Timeout | undefined;
  const stopTimer = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const take = (chunk: Buffer) => {
    stopTimer();
    if (!source.push(chunk)) body.pause();
  };
  const source = new Readable({
    highWaterMark: AHEAD_BYTES,
    read() {
      timer ??= setTimeout(() => source.destroy(idleError(idleMs)), idleMs);
      body.resume();
    },
    destroy(error, done) {
      stopTimer();
      body.off("data", take);
      body.pause();
      done(error);
    },
  });
  body.on("data", take);
  finished(body, { writable: false }, (error) => {
    stopTimer();
    if (error) source.destroy(new AppError("bad_request", "The body broke off", { cause: error }));
    else source.push(null);
  });
  return source;
}

export function idleError(idleMs: number): AppError {
  return new AppError("body_timeout", `Nothing of the body has come for ${idleMs / 1000} s`);
}

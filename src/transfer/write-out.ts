import type { Writable } from "node:stream";
import { AppError } from "../contract/errors.ts";

export interface WriteOptions {
  /** The target has to take what it is given within this time; undefined waits for ever. */
  idleMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Resolves when the target is done with the bytes, and their memory may be used for others. So it has to be one that takes
 * them in, as sockets, files and compressors do, and does not pass the same bytes on.
 */
export function writeOut(
  target: Writable,
  bytes: Uint8Array,
  { idleMs, signal }: WriteOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const isGone = () => settle(target.errored ?? new AppError("bad_request", "Whoever read it went away"));
    const isStopped = () => settle(signal?.reason as Error);
    const timer = idleMs === undefined ? undefined : setTimeout(() => settle(idleError(idleMs)), idleMs);
    const settle = (error?: Error | null) => {
      clearTimeout(timer);
      target.off("close", isGone);
      signal?.removeEventListener("abort", isStopped);
      if (error) reject(error);
      else resolve();
    };
    if (signal?.aborted) return isStopped();
    if (target.destroyed) return isGone();
    target.on("close", isGone);
    signal?.addEventListener("abort", isStopped);
    target.write(bytes, settle);
  });
}

function idleError(idleMs: number): AppError {
  return new AppError("bad_request", `The export was ended: nobody has read it for ${idleMs / 1000} s`);
}

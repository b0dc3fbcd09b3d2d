// Bytes that cross from one thread to another without being copied.
import { move, transferableSymbol, valueSymbol } from "piscina";

/**
 * What a thread returns as its result: the memory of these bytes is handed over with it.
 * Small buffers may share memory with others, which Node.js keeps: they are copied.
 */
export function handOver<Result>(result: Result, bytes: readonly Uint8Array[]): Result {
  const own = bytes.filter(({ buffer }) => buffer.byteLength > Buffer.poolSize);
  return move({
    [transferableSymbol]: own.map(({ buffer }) => buffer),
    [valueSymbol]: result,
  } as never) as Result;
}

// Bytes that cross from one thread to another without being copied.
import { move, transferableSymbol, valueSymbol } from "piscina";

/** What a thread returns as its result: the memory of these bytes is handed over with it. */
export function handOver<Result>(result: Result, bytes: readonly Uint8Array[]): Result {
  return move({
    [transferableSymbol]: bytes.map(({ buffer }) => buffer),
    [valueSymbol]: result,
  } as never) as Result;
}

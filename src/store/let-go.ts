import { MessageChannel } from "node:worker_threads";

/** Closed: what is handed over to it is gone at once. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees the memory of large buffers that nobody uses any more. V8 waits until some 32 MB have come together, in every thread.
 * Small ones share theirs with others.
 */
export function letGo(buffers: readonly Uint8Array[]): void {
  const large = buffers
    .map(({ buffer }) => buffer as ArrayBuffer)
    .filter(({ byteLength }) => byteLength > Buffer.poolSize);
  if (large.length > 0) nowhere.postMessage(null, [...new Set(large)]);
}

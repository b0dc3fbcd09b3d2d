// A posted trace made ready to be stored: a small one here, a large one in a thread, while others are served.
import { AppError } from "../contract/errors.ts";
import type { StoredRow } from "../store/writing/stored-row.ts";
import type { ThreadResult } from "./prepare-trace-worker.ts";
import { readTrace } from "./read-trace.ts";
import { IDLE_MS, runInThread } from "./threads.ts";

/** 1 MB takes 10 ms. What is smaller is done before it would have been handed over and back. */
const THREAD_FROM_BYTES = 65_536;
/** A thread takes longer to start than a body to be read: until one is there, that is done here. */
const WARM_MS = 0.9 * IDLE_MS;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

let lastUse = Number.NEGATIVE_INFINITY;
let waitingBytes = 0;

/** @param body is no longer to be used. */
export async function prepareTrace(body: Buffer): Promise<StoredRow> {
  const size = body.length;
  if (size < THREAD_FROM_BYTES) return readTrace(body);
  if (waitingBytes > MAX_WAITING_BYTES) {
    const message = "More traces are waiting to be read than this server holds; try again";
    throw new AppError("database_busy", message, { retryAfterSeconds: 1 });
  }
  const isWarm = performance.now() - lastUse < WARM_MS;
  lastUse = performance.now();
  if (!isWarm) {
    // A thread that fails to start fails whoever needs it next.
    runInThread("prepare-trace-worker", new Uint8Array()).catch(() => {});
    return readTrace(body);
  }
  waitingBytes += size;
  try {
    const transferList = [body.buffer as ArrayBuffer];
    return fromThread(await runInThread<ThreadResult>("prepare-trace-worker", body, { transferList }));
  } finally {
    waitingBytes -= size;
  }
}

function fromThread({ row, fault }: ThreadResult): StoredRow {
  if (fault !== undefined) throw new AppError(fault.code, fault.message, { issues: fault.issues });
  const { contentHash, completionHash, compressedPayload, compressedTokens } = row;
  return {
    ...row,
    contentHash: toBuffer(contentHash),
    completionHash: completionHash && toBuffer(completionHash),
    compressedPayload: toBuffer(compressedPayload),
    compressedTokens: compressedTokens && toBuffer(compressedTokens),
  };
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

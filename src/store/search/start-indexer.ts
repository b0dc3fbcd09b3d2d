import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type pg from "pg";

/** Threads run what is built, also under a test runner that compiles the sources as it goes. */
const WORKER = fileURLToPath(new URL("../../../dist/store/search/indexer-worker.js", import.meta.url));

export interface IndexerEvents {
  /** Traces that were taken up in one go, when they were many. */
  onIndexed?(traces: number): void;
  /** Why indexing failed; it is tried again. */
  onFault?(message: string): void;
}

/** Keeps the search index up to date in a thread of its own; the function it returns stops that. */
export function startIndexer(connection: pg.ClientConfig, events: IndexerEvents = {}): () => Promise<void> {
  const worker = new Worker(WORKER, {
    workerData: { connection },
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  worker.on("message", ({ indexed, fault }: { indexed?: number; fault?: string }) => {
    if (indexed !== undefined) events.onIndexed?.(indexed);
    if (fault !== undefined) events.onFault?.(fault);
  });
  worker.on("error", (error) => events.onFault?.(error.message));
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  return async () => {
    worker.postMessage("stop");
    // A batch is done within a second; one that is not stays pending.
    const cutOff = setTimeout(() => void worker.terminate(), 3_000);
    await ended;
    clearTimeout(cutOff);
  };
}

// Threads that prepare chunks: with them, parsing and compressing take more processors than one.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Piscina } from "piscina";
import type { PreparedChunk } from "./prepare-chunk.ts";
import type { ReaderOptions } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

/** A chunk as it crosses to a thread: its records' bytes in one piece. */
export interface PreparingTask {
  options: ReaderOptions;
  /** The map of a mapped format; another is known by its name. */
  map: string | undefined;
  lines: number[];
  /** One past each record's last byte; the same as the one before for a record that was too long. */
  ends: number[];
  tooLong: boolean[];
  faults: (string | undefined)[];
  bytes: Uint8Array;
}

/** Threads run what is built, also under a test runner that compiles the sources as it goes. */
const WORKER = fileURLToPath(new URL("../../dist/transfer/prepare-worker.js", import.meta.url));
const MAX_THREADS = 4;

let threads: Promise<Piscina> | undefined;

export async function prepareInThread(
  options: ReaderOptions,
  map: string | undefined,
  records: readonly SourceRecord[],
): Promise<PreparedChunk> {
  threads ??= startThreads();
  let end = 0;
  const task: PreparingTask = {
    options,
    map,
    lines: records.map(({ line }) => line),
    ends: records.map(({ bytes }) => (end += bytes?.length ?? 0)),
    tooLong: records.map(({ bytes }) => bytes === undefined),
    faults: records.map(({ fault }) => fault),
    bytes: Buffer.concat(records.map(({ bytes }) => bytes ?? Buffer.alloc(0))),
  };
  return (await threads).run(task);
}

/** Loaded at the first large import; threads without work end by themselves. */
async function startThreads(): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  const maxThreads = Math.min(MAX_THREADS, availableParallelism());
  return new Piscina({
    filename: WORKER,
    minThreads: 0,
    maxThreads,
    idleTimeout: 5_000,
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
  });
}

// Threads for work that would hold up whoever else this process serves.
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Piscina } from "piscina";

const MAX_THREADS = 4;
/** How long threads stay without work. New ones have their code compiled anew: 2.5 s of processor time for an import. */
export const IDLE_MS = 60_000;

let threads: Promise<Piscina> | undefined;

interface ThreadOptions {
  /** Ends the task with its thread. */
  signal?: AbortSignal | undefined;
  /** Parts of the task that are handed over, not copied. */
  transferList?: ArrayBuffer[];
}

/** @param worker name of a file beside this one, whose default export takes the task. */
export async function runInThread<Result>(
  worker: string,
  task: unknown,
  { signal, transferList = [] }: ThreadOptions = {},
): Promise<Result> {
  threads ??= startThreads();
  // Threads run what is built, also under a test runner that compiles the sources as it goes.
  const filename = fileURLToPath(new URL(`../../dist/transfer/${worker}.js`, import.meta.url));
  return (await threads).run(task, { filename, transferList, ...(signal && { signal }) });
}

/** Loaded when first needed; threads without work end by themselves. */
async function startThreads(): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  const maxThreads = Math.min(MAX_THREADS, availableParallelism());
  return new Piscina({
    minThreads: 0,
    maxThreads,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
}

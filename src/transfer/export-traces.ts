// Exporting: traces as lines of JSON, from one snapshot, no faster than they are read.
import type { Writable } from "node:stream";
import type pg from "pg";
import type { TraceFilters } from "../contract/filters.ts";
import { waitForIndex } from "../store/search/catch-up-index.ts";
import { streamTraceRows } from "../store/stream-traces.ts";
import { joinBytes } from "./join-bytes.ts";
import { SpareMemory } from "./spare-memory.ts";
import { runInThread } from "./threads.ts";
import { type Lines, writeLines } from "./write-lines.ts";
import type { WritingTask, WrittenBlock } from "./write-lines-worker.ts";
import { type WriteOptions, writeOut } from "./write-out.ts";

export interface ExportOptions extends WriteOptions {
  filters: TraceFilters;
  /** Told how many traces more are to be written. */
  onTraces?: (count: number) => void;
}

/** Writes all lines to the target, which it does not end. */
export type WriteTo = (target: Writable) => Promise<void>;

/** Lines go out in pieces of this size, so that a slow reader is seen to read. */
const PIECE_BYTES = 262_144;
/** Of compressed rows: some 100 traces of 3.5 KB, a few milliseconds of work. */
const BLOCK_BYTES = 262_144;
/** Holds most blocks' rows, and their lines. */
const MEMORY_BYTES = 1_048_576;
const THREADS_FROM_BYTES = 1_048_576;
/** What is read ahead of the reader: enough to keep every processor busy, and a bound on memory. */
const MAX_WAITING_BLOCKS = 4;
const MAX_WAITING_BYTES = 4_194_304;

/**
 * Resolves when the first lines are there: what fails before rejects, what fails later rejects the writing. The client is the export's own; the caller ends it, also to stop the export.
 */
export async function exportTraces(client: pg.Client, options: ExportOptions): Promise<WriteTo> {
  const { filters, onTraces } = options;
  // The snapshot is taken when all that was stored before can be searched.
  if (filters.q !== undefined) await waitForIndex(client);
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  // Compiling the query costs more than it can gain: it does nothing but look rows up.
  await client.query("SET LOCAL jit = off");
  const spare = new SpareMemory(MEMORY_BYTES);
  const blocks = inOrder(gather(streamTraceRows(client, filters), spare), filters.q, spare);
  const first = await blocks.next();
  return async (target) => {
    // Each write tells of its own failure.
    target.on("error", () => {});
    try {
      for (let next = first; !next.done; next = await blocks.next()) {
        const { traces, bytes } = next.value;
        onTraces?.(traces);
        for (const piece of pieces(bytes)) await writeOut(target, piece, options);
        spare.giveBack(bytes.buffer);
      }
    } finally {
      await blocks.return(undefined);
    }
    await client.query("COMMIT");
  };
}

/** Rows in blocks that are worth handing to a thread. */
async function* gather(source: AsyncIterable<Buffer>, spare: SpareMemory): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const rows of source) {
    parts.push(rows);
    size += rows.length;
    if (size < BLOCK_BYTES) continue;
    yield joinBytes(parts, spare.take());
    parts = [];
    size = 0;
  }
  if (size > 0) yield joinBytes(parts, spare.take());
}

/** The lines of blocks, several of which are under way at once: a small export is done before threads have started. */
async function* inOrder(
  source: AsyncIterable<Buffer>,
  q: string | undefined,
  spare: SpareMemory,
): AsyncGenerator<Lines> {
  const waiting: { lines: Promise<Lines>; size: number }[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  for await (const rows of source) {
    const size = rows.length;
    const lines = bytes < THREADS_FROM_BYTES ? writeHere(rows, q, spare) : writeInThread(rows, q, spare);
    // Its failure is met below, unless the export has ended by then.
    lines.catch(() => {});
    waiting.push({ lines, size });
    bytes += size;
    waitingBytes += size;
    while (waiting.length > MAX_WAITING_BLOCKS || waitingBytes > MAX_WAITING_BYTES) {
      const first = waiting.shift();
      waitingBytes -= first?.size ?? 0;
      if (first !== undefined) yield await first.lines;
    }
  }
  for (const { lines } of waiting) yield await lines;
}

async function writeHere(rows: Buffer, q: string | undefined, spare: SpareMemory): Promise<Lines> {
  const lines = writeLines({ rows, q });
  spare.giveBack(rows.buffer);
  return lines;
}

/** The memory of rows and lines goes to a thread, and round. */
async function writeInThread(rows: Buffer, q: string | undefined, spare: SpareMemory): Promise<Lines> {
  const memory = spare.take().buffer as ArrayBuffer;
  const task: WritingTask = { block: { rows, q }, memory };
  const transferList = [rows.buffer as ArrayBuffer, memory];
  const { lines, free } = await runInThread<WrittenBlock>("write-lines-worker", task, { transferList });
  for (const { buffer } of free) spare.giveBack(buffer);
  return lines;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

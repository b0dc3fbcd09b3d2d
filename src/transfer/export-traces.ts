// Exporting: traces as lines of JSON, from one snapshot, no faster than they are read.
import { Readable } from "node:stream";
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import type { TraceFilters } from "../contract/filters.ts";
import { waitForIndex } from "../store/catch-up-index.ts";
import { streamTraceRows } from "../store/stream-traces.ts";
import { joinBytes } from "./join-bytes.ts";
import { runInThread } from "./threads.ts";
import { type Lines, writeLines } from "./write-lines.ts";

export interface ExportOptions {
  filters: TraceFilters;
  /** The export is ended when nobody takes data for this long; undefined waits for ever. */
  idleMs?: number;
  /** Told how many traces more have been made into lines. */
  onTraces?: (count: number) => void;
}

/** Lines go out in pieces of this size, so that a slow reader is seen to read. */
const PIECE_BYTES = 262_144;
/** Of compressed rows: some 100 traces of 3.5 KB, a few milliseconds of work. */
const BLOCK_BYTES = 262_144;
const THREADS_FROM_BYTES = 1_048_576;
/** What is read ahead of the reader: enough to keep every processor busy, and a bound on memory. */
const MAX_WAITING_BLOCKS = 4;
const MAX_WAITING_BYTES = 4_194_304;

/**
 * The lines as a stream of bytes. What fails before the first of them rejects; what fails later destroys the
 * stream. The client is the export's own; the caller ends it when the stream has closed, or to stop it.
 */
export async function exportTraces(client: pg.Client, options: ExportOptions): Promise<Readable> {
  // The snapshot is taken when all that was stored before can be searched.
  if (options.filters.q !== undefined) await waitForIndex(client);
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  // Compiling the query costs more than it can gain: it does nothing but look rows up.
  await client.query("SET LOCAL jit = off");
  const chunks = lines(client, options);
  const first = await chunks.next();
  const stream: Readable = Readable.from(
    watched(first, chunks, options.idleMs, (error) => stream.destroy(error)),
    { objectMode: false, highWaterMark: PIECE_BYTES },
  );
  return stream;
}

async function* lines(client: pg.Client, { filters, onTraces }: ExportOptions): AsyncGenerator<Buffer> {
  for await (const { traces, bytes } of inOrder(blocks(streamTraceRows(client, filters)), filters.q)) {
    onTraces?.(traces);
    yield* pieces(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  await client.query("COMMIT");
}

/** Rows in blocks that are worth handing to a thread. */
async function* blocks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const rows of source) {
    parts.push(rows);
    size += rows.length;
    if (size < BLOCK_BYTES) continue;
    yield joinBytes(parts);
    parts = [];
    size = 0;
  }
  if (size > 0) yield joinBytes(parts);
}

/** The lines of blocks, several of which are under way at once: a small export is done before threads have started. */
async function* inOrder(source: AsyncIterable<Buffer>, q: string | undefined): AsyncGenerator<Lines> {
  const waiting: { lines: Promise<Lines>; size: number }[] = [];
  let waitingBytes = 0;
  let bytes = 0;
  for await (const block of source) {
    const size = block.length;
    const lines = bytes < THREADS_FROM_BYTES ? writeHere(block, q) : writeInThread(block, q);
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

async function writeHere(rows: Buffer, q: string | undefined): Promise<Lines> {
  return writeLines({ rows, q });
}

function writeInThread(rows: Buffer, q: string | undefined): Promise<Lines> {
  return runInThread("write-lines-worker", { rows, q }, { transferList: [rows.buffer as ArrayBuffer] });
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

/** Passes the chunks on, and reports when one is not taken in time. */
async function* watched(
  first: IteratorResult<Buffer>,
  rest: AsyncGenerator<Buffer>,
  idleMs: number | undefined,
  onIdle: (error: AppError) => void,
): AsyncGenerator<Buffer> {
  try {
    for (let next = first; !next.done; next = await rest.next()) {
      const timer = idleMs === undefined ? undefined : setTimeout(() => onIdle(idleError(idleMs)), idleMs);
      try {
        yield next.value;
      } finally {
        clearTimeout(timer);
      }
    }
  } finally {
    await rest.return(undefined);
  }
}

function idleError(idleMs: number): AppError {
  return new AppError("bad_request", `The export was ended: nobody has read it for ${idleMs / 1000} s`);
}

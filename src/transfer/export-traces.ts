// Exporting: traces as lines of JSON, from one snapshot, no faster than they are read.
import { Readable } from "node:stream";
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import type { TraceFilters } from "../contract/filters.ts";
import { waitForIndex } from "../store/catch-up-index.ts";
import { streamTraces } from "../store/stream-traces.ts";
import { writeEnvelope } from "./write-envelope.ts";

export interface ExportOptions {
  filters: TraceFilters;
  /** The export is ended when nobody takes data for this long; undefined waits for ever. */
  idleMs?: number;
  /** Told how many traces more have been made into lines. */
  onTraces?: (count: number) => void;
}

/** Lines are gathered up to this size; longer ones go out in pieces, so that a slow reader is seen to read. */
const CHUNK_BYTES = 131_072;

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
    { objectMode: false, highWaterMark: CHUNK_BYTES },
  );
  return stream;
}

async function* lines(client: pg.Client, { filters, onTraces }: ExportOptions): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const traces of streamTraces(client, filters)) {
    for (const trace of traces) {
      for (const part of writeEnvelope(trace)) {
        parts.push(part);
        size += part.length;
      }
    }
    onTraces?.(traces.length);
    if (size < CHUNK_BYTES) continue;
    yield* pieces(Buffer.concat(parts, size));
    parts = [];
    size = 0;
  }
  if (size > 0) yield* pieces(Buffer.concat(parts, size));
  await client.query("COMMIT");
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += 2 * CHUNK_BYTES)
    yield bytes.subarray(from, from + 2 * CHUNK_BYTES);
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

// Chunks made ready for the database: a small import's here, a large one's in threads.
import { type PreparedChunk, prepareChunk } from "./prepare-chunk.ts";
import { PreparingThreads } from "./preparing-threads.ts";
import { type ReaderOptions, TraceReader } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

/** A small import is done before threads have started. */
const THREADS_FROM_BYTES = 4_000_000;

export class Preparer {
  readonly #options: ReaderOptions;
  readonly #reader: TraceReader;
  readonly #threads = new PreparingThreads();
  #bytes = 0;
  #records = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#reader = new TraceReader(options);
  }

  get formatName(): string | undefined {
    return this.#reader.format?.name;
  }

  /** @param size the records' bytes. Call it chunk by chunk, in order; the work may overlap. */
  prepare(records: SourceRecord[], size: number): Promise<PreparedChunk> {
    const prepared = this.#start(records);
    this.#bytes += size;
    this.#records += records.length;
    return prepared;
  }

  /** Call it once the chunk is stored: its rows' memory is used again. */
  release({ rows }: PreparedChunk): void {
    this.#threads.release(rows);
  }

  async #start(records: SourceRecord[]): Promise<PreparedChunk> {
    this.#reader.recognise(records);
    const { format } = this.#reader;
    const { maxRecordBytes, run, split, trainStep } = this.#options;
    const options = { maxRecordBytes, run, split, trainStep, recordsBefore: this.#records };
    if (this.#bytes < THREADS_FROM_BYTES || format === undefined) {
      return prepareChunk(new TraceReader({ ...options, format }), records);
    }
    return this.#threads.prepare({ ...options, format: format.name }, format.map, records);
  }
}

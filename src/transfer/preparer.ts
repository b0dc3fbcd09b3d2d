// Chunks made ready for the database: a small import's here, a large one's in threads.
import type { RecordChunk } from "./chunk-records.ts";
import { type PreparedChunk, prepareChunk } from "./prepare-chunk.ts";
import { PreparingThreads } from "./preparing-threads.ts";
import { type ReaderOptions, TraceReader } from "./read-traces.ts";
import type { SpareMemory } from "./spare-memory.ts";

/** A small import is done before threads have started. */
const THREADS_FROM_BYTES = 4_000_000;

export class Preparer {
  readonly #options: ReaderOptions;
  readonly #reader: TraceReader;
  readonly #spare: SpareMemory;
  readonly #threads: PreparingThreads;
  #bytes = 0;
  #records = 0;

  /** @param spare memory in which the chunks lie */
  constructor(options: ReaderOptions, spare: SpareMemory) {
    this.#options = options;
    this.#spare = spare;
    this.#threads = new PreparingThreads(spare);
    this.#reader = new TraceReader(options);
  }

  get formatName(): string | undefined {
    return this.#reader.format?.name;
  }

  /** Call it chunk by chunk, in order; the work may overlap. The chunk is no longer to be used. */
  prepare(chunk: RecordChunk): Promise<PreparedChunk> {
    const prepared = this.#start(chunk);
    this.#bytes += chunk.size;
    this.#records += chunk.records.length;
    return prepared;
  }

  /** Call it once the chunk is stored: its rows' memory is used again. */
  release({ rows }: PreparedChunk): void {
    this.#threads.release(rows);
  }

  async #start(chunk: RecordChunk): Promise<PreparedChunk> {
    const { records, bytes } = chunk;
    this.#reader.recognise(records);
    const { format } = this.#reader;
    const { maxRecordBytes, run, split, trainStep } = this.#options;
    const options = { maxRecordBytes, run, split, trainStep, recordsBefore: this.#records };
    if (this.#bytes + chunk.size < THREADS_FROM_BYTES || format === undefined) {
      const prepared = await prepareChunk(new TraceReader({ ...options, format }), records);
      if (bytes !== undefined) this.#spare.giveBack(bytes.buffer);
      return prepared;
    }
    return this.#threads.prepare({ ...options, format: format.name }, format.map, chunk);
  }
}

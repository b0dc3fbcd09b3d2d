// The chunks between reading and storing, in their order: few enough to bound memory.
import { formats } from "../formats/formats.ts";
import { type PreparedChunk, prepareChunk } from "./prepare-chunk.ts";
import { prepareInThread } from "./preparing-threads.ts";
import { type ReaderOptions, TraceReader } from "./read-traces.ts";
import type { SourceRecord } from "./record-collector.ts";

/** A small import is done before threads have started. */
const THREADS_FROM_BYTES = 4_000_000;
const MAX_WAITING_CHUNKS = 4;
const MAX_WAITING_BYTES = 16_000_000;

export class Preparer {
  readonly #options: ReaderOptions;
  readonly #reader: TraceReader;
  readonly #waiting: { chunk: Promise<PreparedChunk>; size: number }[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #records = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#reader = new TraceReader(options);
  }

  get formatName(): string | undefined {
    return this.#reader.format?.name;
  }

  get hasNext(): boolean {
    return this.#waiting.length > 0;
  }

  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING_CHUNKS || this.#waitingBytes > MAX_WAITING_BYTES;
  }

  add(records: SourceRecord[], size: number): void {
    const chunk = this.#prepare(records);
    // Its failure is met when its turn comes.
    chunk.catch(() => {});
    this.#waiting.push({ chunk, size });
    this.#waitingBytes += size;
    this.#bytes += size;
    this.#records += records.length;
  }

  async next(): Promise<PreparedChunk> {
    const first = this.#waiting[0];
    if (first === undefined) throw new Error("No chunk is waiting");
    const chunk = await first.chunk;
    this.#waiting.shift();
    this.#waitingBytes -= first.size;
    return chunk;
  }

  async #prepare(records: SourceRecord[]): Promise<PreparedChunk> {
    this.#reader.recognise(records);
    const { format } = this.#reader;
    const { maxRecordBytes, run, split, trainStep } = this.#options;
    const options = { maxRecordBytes, run, split, trainStep, recordsBefore: this.#records };
    // Only a format of the table is known to a thread by its name.
    if (this.#bytes < THREADS_FROM_BYTES || format === undefined || !formats.includes(format)) {
      return prepareChunk(new TraceReader({ ...options, format }), records);
    }
    return prepareInThread({ ...options, format: format.name }, records);
  }
}

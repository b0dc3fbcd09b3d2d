// Bringing the search index up to date with the traces that came and went: behind the ingest, in small transactions.
import type pg from "pg";
import type { IndexState } from "../../contract/search.ts";
import { analyseTexts } from "../../search/analyse-texts.ts";
import { valueTerm } from "../../search/terms.ts";
import { decompressSync } from "../compress.ts";
import { CopyEncoder } from "../copy/copy-encoder.ts";
import { copyRows } from "../copy/copy-rows.ts";
import type { Queryable } from "../database.ts";
import { letGo } from "../let-go.ts";
import { groupBySize, type ReadPayload, readPayloads, textsOf } from "../read-texts.ts";
import { TERMS } from "../trace-filters.ts";
import { BYTES_OF_A_PIECE } from "./arrivals.ts";
import { type Part, PartsEncoder } from "./postings.ts";
import { PostingsSorter } from "./postings-sorter.ts";
import { deleteEmptySegments, findNextNumber, insertSegment, mergeSegments } from "./segments.ts";

/** Traces that are taken up in one transaction, fewer where they are large: about half a second's work. */
export const BATCH_TRACES = 1_000;
/** Compressed bytes of them. */
const BATCH_BYTES = 2_000_000;
/** While others need the machine, batches are so many times smaller, and so is the memory that they need; they take a fifth longer. */
const BUSY_SHARE = 4;
/** Whoever holds this advisory lock indexes; two would overwrite each other's rows with older ones. */
const INDEXING_LOCK = 7_235_010;
const BEGINNING = "(0,0)";

/** What pending traces are found by, ready to be stored. */
interface PreparedBatch {
  places: string[];
  ids: string[];
  /** More are likely to wait. */
  isFull: boolean;
  work: number;
  rows: Buffer;
  segment: { first: number; span: number };
  parts: Part[];
}

/** How the indexing of much goes on. */
export interface Pace {
  /** Asked before each batch: whether others need the machine. */
  isBusy(): Promise<boolean>;
  /** Asked after each batch. */
  shouldStop(batch: TakenUp): Promise<boolean>;
}

export interface TakenUp {
  traces: number;
  /** How much that was, in traces of 4 KB: see `Arrivals`. */
  work: number;
  /** Not all that waited. */
  isFull: boolean;
}

/** Two connections: while one stores a batch, the next one is read and its terms are made. */
export class SearchIndexer {
  readonly #reader: pg.Client;
  readonly #writer: pg.Client;
  readonly #sorter = new PostingsSorter();
  #place = BEGINNING;
  #nextNumber: number;

  private constructor(reader: pg.Client, writer: pg.Client, nextNumber: number) {
    this.#reader = reader;
    this.#writer = writer;
    this.#nextNumber = nextNumber;
  }

  /** Undefined while another process indexes. The caller ends both connections. */
  static async start(reader: pg.Client, writer: pg.Client): Promise<SearchIndexer | undefined> {
    const { rows } = await writer.query(`SELECT pg_try_advisory_lock(${INDEXING_LOCK}) AS is_ours`);
    if (!rows[0].is_ours) return undefined;
    // What a crash takes back stays pending.
    await writer.query("SET synchronous_commit = off");
    return new SearchIndexer(reader, writer, await findNextNumber(writer));
  }

  /** Takes up what is pending, batch by batch, until all is or it should stop; returns how many. */
  async catchUp(pace?: Pace): Promise<number> {
    let traces = 0;
    let stored: Promise<void> = Promise.resolve();
    for (;;) {
      const batch = await this.#prepare((await pace?.isBusy()) ? BUSY_SHARE : 1);
      await stored;
      if (batch.places.length === 0) {
        const isDone = this.#place === BEGINNING;
        // What was noted meanwhile may lie before.
        this.#place = BEGINNING;
        if (isDone) return traces;
        continue;
      }
      traces += batch.places.length;
      stored = this.#store(batch);
      // Its failure is met at the next await.
      stored.catch(() => {});
      const { isFull, work } = batch;
      if (await pace?.shouldStop({ traces: batch.places.length, isFull, work })) {
        await stored;
        return traces;
      }
    }
  }

  /** After many traces: makes room where rows have gone. */
  async tidy(indexed: number): Promise<void> {
    if (indexed < 20_000) return;
    await deleteEmptySegments(this.#writer);
    for (const table of ["search_pending", "search_numbers", "search_postings"])
      await this.#writer.query(`VACUUM ${table}`);
  }

  /** The next pending traces along the table. */
  async #prepare(share: number): Promise<PreparedBatch> {
    const most = BATCH_TRACES / share;
    const { rows } = await this.#reader.query<{ place: string; id: string }>({
      name: "pending-traces",
      text: "SELECT ctid::text AS place, trace_id AS id FROM search_pending WHERE ctid > $1::tid LIMIT $2",
      values: [this.#place, most],
    });
    // Of long traces a part is taken: their terms, and what becomes of them, are held until they are stored.
    const ids = [...new Set(rows.map(({ id }) => id))];
    const [group = [], next] = await groupBySize(this.#reader, ids, BATCH_BYTES / share);
    const end = next === undefined ? rows.length : rows.findIndex(({ id }) => id === next[0]);
    const taken = rows.slice(0, end);
    this.#place = taken.at(-1)?.place ?? this.#place;
    const payloads = await readPayloads(this.#reader, group);
    return {
      places: taken.map(({ place }) => place),
      ids: [...new Set(taken.map(({ id }) => id))],
      isFull: taken.length < rows.length || rows.length === most,
      work: payloads.reduce((sum, { payload }) => sum + Math.max(1, payload.length / BYTES_OF_A_PIECE), 0),
      ...this.#analyse(payloads, await this.#readValues(group)),
    };
  }

  /** What traces are asked for by exactly: their terms narrow a search down that is filtered by them. */
  async #readValues(ids: readonly string[]): Promise<Map<string, string[]>> {
    const { rows } = await this.#reader.query<{ id: string; values: string[] }>({
      name: "read-values",
      text: `SELECT id, to_json(array_remove(${TERMS.sql}, NULL)) AS values FROM traces WHERE id = ANY($1::uuid[])`,
      values: [ids],
    });
    return new Map(rows.map(({ id, values }) => [id, values]));
  }

  /** Numbers the traces and gathers their terms. */
  #analyse(payloads: readonly ReadPayload[], values: ReadonlyMap<string, string[]>) {
    const encoder = new CopyEncoder();
    const first = this.#nextNumber;
    const span = payloads.length;
    this.#nextNumber += span;
    for (const [place, { id, payload }] of payloads.entries()) {
      encoder.row(["uuid", "int"], [id, first + place]);
      for (const value of values.get(id) ?? []) this.#sorter.add(valueTerm(value), place);
      const json = decompressSync(payload);
      analyseTexts(textsOf(json), (term) => this.#sorter.add(term, place));
      letGo([json]);
    }
    const parts: Part[] = [];
    const partsEncoder = new PartsEncoder(span, (part) => parts.push(part));
    this.#sorter.drainInto(partsEncoder);
    partsEncoder.end();
    return { rows: encoder.finish(), segment: { first, span }, parts };
  }

  /** A trace that has gone meanwhile is pending again. */
  async #store({ places, ids, rows, segment, parts }: PreparedBatch): Promise<void> {
    const writer = this.#writer;
    await writer.query("BEGIN");
    try {
      await writer.query({
        name: "forget-numbers",
        text: "DELETE FROM search_numbers WHERE trace_id = ANY($1::uuid[])",
        values: [ids],
      });
      await copyRows(writer, "search_numbers (trace_id, number)", [rows]);
      if (segment.span > 0) await insertSegment(writer, segment, parts);
      await writer.query({
        name: "no-longer-pending",
        text: "DELETE FROM search_pending WHERE ctid = ANY($1::tid[])",
        values: [places],
      });
      await writer.query("COMMIT");
    } catch (error) {
      await writer.query("ROLLBACK").catch(() => {});
      throw error;
    }
    // What merging leaves behind is a quarter of a segment or more: the next one is written there.
    if ((await mergeSegments(writer)) > 0) await writer.query("VACUUM search_postings");
  }
}

export async function readIndexState(db: Queryable): Promise<IndexState> {
  const { rows } = await db.query<IndexState>(`
    SELECT count(*)::int AS pending,
           extract(epoch FROM clock_timestamp() - min(noted_at))::float8 AS oldest_seconds
    FROM search_pending`);
  return rows[0] as IndexState;
}

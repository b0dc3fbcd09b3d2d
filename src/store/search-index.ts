// Bringing the search index up to date with the traces that came and went: behind the ingest, in small transactions.
import type pg from "pg";
import type { IndexState } from "../contract/search.ts";
import { analyseTexts } from "../search/analyse-texts.ts";
import { decompress } from "./compress.ts";
import { CopyEncoder } from "./copy-encoder.ts";
import { copyRows } from "./copy-rows.ts";
import type { Queryable } from "./database.ts";
import { type Postings, PostingsBuilder } from "./pair-postings.ts";
import { deleteEmptySegments, findNextNumber, insertSegment, mergeSegments } from "./pair-segments.ts";
import { type ReadPayload, readPayloads, textsOf } from "./read-texts.ts";

/** Traces that are taken up in one transaction: far less than a second's work. */
export const BATCH_TRACES = 500;
/** Whoever holds this advisory lock indexes; two would overwrite each other's rows with older ones. */
const INDEXING_LOCK = 7_235_010;
const BEGINNING = "(0,0)";

/** What pending traces are found by, ready to be stored. */
interface PreparedBatch {
  places: string[];
  ids: string[];
  rows: Buffer;
  segments: { first: number; postings: Postings }[];
}

/** Two connections: while one stores a batch, the next one is read and its terms are made. */
export class SearchIndexer {
  readonly #reader: pg.Client;
  readonly #writer: pg.Client;
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
    await writer.query("SET synchronous_commit = off; SET work_mem = '64MB'");
    return new SearchIndexer(reader, writer, await findNextNumber(writer));
  }

  /** Takes up what is pending, batch by batch, until all is or `pause` says to stop; returns how many. */
  async catchUp(shouldStop: (batch: number) => boolean | Promise<boolean> = () => false): Promise<number> {
    let traces = 0;
    let stored: Promise<void> = Promise.resolve();
    for (;;) {
      const batch = await this.#prepare();
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
      if (await shouldStop(batch.places.length)) {
        await stored;
        return traces;
      }
    }
  }

  /** Entries that wait in the index's list slow every search down; there are few after a lone trace. */
  async tidy(indexed: number): Promise<void> {
    await this.#writer.query("SELECT gin_clean_pending_list('search_terms_terms')");
    if (indexed < 20_000) return;
    await deleteEmptySegments(this.#writer);
    await this.#writer.query("VACUUM search_pending");
    await this.#writer.query("VACUUM search_terms");
  }

  /** The next pending traces along the table. */
  async #prepare(): Promise<PreparedBatch> {
    const { rows } = await this.#reader.query<{ place: string; id: string }>({
      name: "pending-traces",
      text: `SELECT ctid::text AS place, trace_id AS id FROM search_pending WHERE ctid > $1::tid LIMIT ${BATCH_TRACES}`,
      values: [this.#place],
    });
    const ids = [...new Set(rows.map(({ id }) => id))];
    const encoder = new CopyEncoder();
    const segments: PreparedBatch["segments"] = [];
    // Long traces come in several groups, each small enough for its pairs to be held.
    for await (const payloads of readPayloads(this.#reader, ids))
      segments.push(await this.#analyse(payloads, encoder));
    this.#place = rows.at(-1)?.place ?? this.#place;
    return { places: rows.map(({ place }) => place), ids, rows: encoder.finish(), segments };
  }

  /** Numbers the traces, adds their rows and gathers their pairs. */
  async #analyse(payloads: readonly ReadPayload[], encoder: CopyEncoder) {
    const first = this.#nextNumber;
    this.#nextNumber += payloads.length;
    const postings = new PostingsBuilder(payloads.length);
    for (const [place, { id, payload }] of payloads.entries()) {
      const { terms, pairs } = analyseTexts(textsOf(await decompress(payload)));
      encoder.row(["uuid", "int", "int[]"], [id, first + place, Int32Array.from(terms).sort()]);
      for (const pair of pairs) postings.add(pair, place);
    }
    return { first, postings: postings.finish() };
  }

  /** A trace that has gone meanwhile is pending again. */
  async #store({ places, ids, rows, segments }: PreparedBatch): Promise<void> {
    const writer = this.#writer;
    await writer.query("BEGIN");
    try {
      await writer.query({
        name: "forget-terms",
        text: "DELETE FROM search_terms WHERE trace_id = ANY($1::uuid[])",
        values: [ids],
      });
      await copyRows(writer, "search_terms (trace_id, number, terms)", rows);
      for (const { first, postings } of segments) await insertSegment(writer, first, postings);
      await mergeSegments(writer);
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
  }
}

export async function readIndexState(db: Queryable): Promise<IndexState> {
  const { rows } = await db.query<IndexState>(`
    SELECT count(*)::int AS pending,
           extract(epoch FROM clock_timestamp() - min(noted_at))::float8 AS oldest_seconds
    FROM search_pending`);
  return rows[0] as IndexState;
}

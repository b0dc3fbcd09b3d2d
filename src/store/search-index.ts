// Bringing the search index up to date with the traces that came and went: behind the ingest, in small transactions.
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { IndexState } from "../contract/search.ts";
import { COPY_HEADER, COPY_TRAILER, CopyEncoder } from "./copy-encoder.ts";
import type { Queryable } from "./database.ts";
import { readPayloads, termsOf } from "./read-texts.ts";

/** Traces that are taken up in one transaction: far less than a second's work. */
export const BATCH_TRACES = 500;
/** Whoever holds this advisory lock indexes; two would overwrite each other's rows with older ones. */
const INDEXING_LOCK = 7_235_010;
const BEGINNING = "(0,0)";

/** Terms of pending traces, ready to be stored. */
interface PreparedBatch {
  places: string[];
  ids: string[];
  rows: Buffer;
}

/** Two connections: while one stores a batch, the next one is read and its terms are made. */
export class SearchIndexer {
  readonly #reader: pg.Client;
  readonly #writer: pg.Client;
  #place = BEGINNING;

  private constructor(reader: pg.Client, writer: pg.Client) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** Undefined while another process indexes. The caller ends both connections. */
  static async start(reader: pg.Client, writer: pg.Client): Promise<SearchIndexer | undefined> {
    const { rows } = await writer.query(`SELECT pg_try_advisory_lock(${INDEXING_LOCK}) AS is_ours`);
    if (!rows[0].is_ours) return undefined;
    // What a crash takes back stays pending.
    await writer.query("SET synchronous_commit = off; SET work_mem = '64MB'");
    return new SearchIndexer(reader, writer);
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
    for await (const payloads of readPayloads(this.#reader, ids)) {
      for (const { id, payload } of payloads) encoder.row(["uuid", "int[]"], [id, await termsOf(payload)]);
    }
    this.#place = rows.at(-1)?.place ?? this.#place;
    return { places: rows.map(({ place }) => place), ids, rows: encoder.finish() };
  }

  /** A trace that has gone meanwhile is pending again. */
  async #store({ places, ids, rows }: PreparedBatch): Promise<void> {
    const writer = this.#writer;
    await writer.query("BEGIN");
    try {
      await writer.query({
        name: "forget-terms",
        text: "DELETE FROM search_terms WHERE trace_id = ANY($1::uuid[])",
        values: [ids],
      });
      await copyRows(writer, rows);
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

async function copyRows(client: pg.Client, rows: Buffer): Promise<void> {
  const stream = client.query(
    copyFrom("COPY search_terms (trace_id, terms) FROM STDIN WITH (FORMAT binary)"),
  );
  await new Promise<void>((resolve, reject) => {
    stream.on("finish", resolve);
    stream.on("error", reject);
    stream.write(COPY_HEADER);
    stream.write(rows);
    stream.end(COPY_TRAILER);
  });
}

export async function readIndexState(db: Queryable): Promise<IndexState> {
  const { rows } = await db.query<IndexState>(`
    SELECT count(*)::int AS pending,
           extract(epoch FROM clock_timestamp() - min(noted_at))::float8 AS oldest_seconds
    FROM search_pending`);
  return rows[0] as IndexState;
}

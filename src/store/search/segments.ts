// Which indexed traces have which terms. A GIN index would write millions of places at random; here each batch of traces
// becomes a segment that is written in one go, and small segments are merged as they come.
import type pg from "pg";
import { CopyEncoder } from "../copy/copy-encoder.ts";
import { copyRows } from "../copy/copy-rows.ts";
import type { Queryable } from "../database.ts";
import { type Part, PartReader, PartsEncoder } from "./postings.ts";
import { PostingsSorter } from "./postings-sorter.ts";

/** So many segments of one level become one of the next. */
const MERGED = 16;
/** Segments of more bytes are left as they are: merging sixteen holds the index up for a second or two. */
const FULL_BYTES = 4_000_000;
/** Parts that are read at once. */
const FETCHED = 512;

/** Traces that were taken up together, by the numbers that the index gives them: from `first` on, `span` at most. */
interface Segment {
  first: number;
  span: number;
  level: number;
  bytes: number;
}

export async function insertSegment(
  writer: pg.Client,
  { first, span, level = 0 }: { first: number; span: number; level?: number },
  parts: readonly Part[],
): Promise<void> {
  await copyParts(writer, first, parts);
  const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  await insertDescription(writer, { first, span, level, bytes });
}

async function insertDescription(writer: pg.Client, { first, span, level, bytes }: Segment): Promise<void> {
  await writer.query({
    name: "insert-segment",
    text: "INSERT INTO search_segments (first_number, span, level, bytes) VALUES ($1, $2, $3, $4)",
    values: [first, span, level, bytes],
  });
}

async function copyParts(writer: pg.Client, first: number, parts: readonly Part[]): Promise<void> {
  const encoder = new CopyEncoder();
  for (const { firstTerm, bytes } of parts) encoder.row(["int", "int", "bytea"], [first, firstTerm, bytes]);
  await copyRows(writer, "search_postings (first_number, first_term, postings)", [encoder.finish()]);
}

/** Merges the newest segments for as long as they are many and small, in a transaction each; returns how many times. */
export async function mergeSegments(writer: pg.Client): Promise<number> {
  for (let merges = 0; ; merges++) {
    const { rows } = await writer.query<Segment>({
      name: "newest-segments",
      text: `SELECT first_number AS first, span, level, bytes
             FROM search_segments ORDER BY first_number DESC LIMIT ${MERGED}`,
    });
    const [newest] = rows;
    if (rows.length < MERGED || newest === undefined) return merges;
    if (rows.some(({ level, bytes }) => level !== newest.level || bytes > FULL_BYTES)) return merges;
    await mergeInto(writer, rows.reverse());
  }
}

/** @param segments in order */
async function mergeInto(writer: pg.Client, segments: readonly Segment[]): Promise<void> {
  const [oldest, newest] = [segments[0], segments.at(-1)] as [Segment, Segment];
  const firsts = segments.map(({ first }) => first);
  const merged = {
    first: oldest.first,
    span: newest.first + newest.span - oldest.first,
    level: oldest.level + 1,
  };
  await writer.query("BEGIN");
  try {
    // The cursor goes on seeing what is deleted after it was opened.
    await writer.query(
      `DECLARE parts NO SCROLL CURSOR FOR ${firsts.map(selectParts).join(" UNION ALL ")} ORDER BY 2`,
    );
    await writer.query("DELETE FROM search_postings WHERE first_number = ANY($1)", [firsts]);
    await writer.query("DELETE FROM search_segments WHERE first_number = ANY($1)", [firsts]);
    let bytes = 0;
    let parts: Part[] = [];
    const encoder = new PartsEncoder(merged.span, (part) => parts.push(part));
    const merger = new Merger(segments, encoder);
    for (;;) {
      const { rows } = await writer.query<{ first: number; firstTerm: number; bytes: Buffer }>(
        `FETCH ${FETCHED} FROM parts`,
      );
      for (const row of rows) merger.add(row.first, row);
      merger.mergeBelow(rows.at(-1)?.firstTerm ?? Number.POSITIVE_INFINITY);
      if (rows.length === 0) encoder.end();
      bytes += parts.reduce((sum, part) => sum + part.bytes.length, 0);
      await copyParts(writer, merged.first, parts);
      parts = [];
      if (rows.length === 0) break;
    }
    await writer.query("CLOSE parts");
    await insertDescription(writer, { ...merged, bytes });
    await writer.query("COMMIT");
  } catch (error) {
    await writer.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

const selectParts = (first: number) =>
  `(SELECT first_number AS first, first_term AS "firstTerm", postings AS bytes
    FROM search_postings WHERE first_number = ${first} ORDER BY first_term)`;

/** Brings postings of several segments into one order, as their parts come in. */
class Merger {
  readonly #encoder: PartsEncoder;
  readonly #sorter = new PostingsSorter();
  readonly #inputs: Map<number, { span: number; offset: number; waiting: PartReader[] }>;

  constructor(segments: readonly Segment[], encoder: PartsEncoder) {
    this.#encoder = encoder;
    const start = segments[0]?.first ?? 0;
    this.#inputs = new Map(
      segments.map(({ first, span }) => [first, { span, offset: first - start, waiting: [] }]),
    );
  }

  add(first: number, part: Part): void {
    const input = this.#inputs.get(first);
    if (input === undefined) return;
    const reader = new PartReader(part, input.span);
    if (reader.next()) input.waiting.push(reader);
  }

  /** Takes up the postings of terms below this one, of which no more will come in. */
  mergeBelow(limit: number): void {
    for (const { offset, waiting } of this.#inputs.values()) {
      for (let reader = waiting[0]; reader !== undefined && reader.term < limit; reader = waiting[0]) {
        do this.#sorter.add(reader.term, reader.place + offset);
        while (reader.next() && reader.term < limit);
        if (reader.isOver) waiting.shift();
      }
    }
    this.#sorter.drainInto(this.#encoder);
  }
}

/** Segments whose traces are all gone, or indexed anew under other numbers. */
export async function deleteEmptySegments(writer: pg.Client): Promise<void> {
  await writer.query(`
    WITH empty AS (
      DELETE FROM search_segments WHERE NOT EXISTS (
        SELECT FROM search_numbers WHERE number >= first_number AND number < first_number + span
      ) RETURNING first_number
    )
    DELETE FROM search_postings USING empty WHERE search_postings.first_number = empty.first_number`);
}

/** The number for the next trace. */
export async function findNextNumber(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ next: number }>(`
    SELECT greatest((SELECT max(number) + 1 FROM search_numbers), (SELECT max(first_number + span) FROM search_segments), 0) AS next`);
  return rows[0]?.next ?? 0;
}

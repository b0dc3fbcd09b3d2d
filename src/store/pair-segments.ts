// Which indexed traces have two words side by side. A GIN index of all pairs would write millions of places at random;
// here each batch of traces becomes a segment that is written in one go, and small segments are merged as they come.
import type pg from "pg";
import { CopyEncoder } from "./copy-encoder.ts";
import { copyRows } from "./copy-rows.ts";
import type { Queryable } from "./database.ts";
import { encodeParts, type Postings, PostingsBuilder, partBitsOf } from "./pair-postings.ts";

/** So many segments of one level become one of the next. */
const MERGED = 8;
/** Segments with more postings are left as they are: merging holds eight times as many in memory, 8 bytes each. */
const FULL = 400_000;

/** Traces that were taken up together, by the numbers that the index gives them: from `first` on, `span` at most. */
interface Segment {
  first: number;
  span: number;
  partBits: number;
}

export async function insertSegment(
  writer: pg.Client,
  first: number,
  postings: Postings,
  level = 0,
): Promise<void> {
  const partBits = partBitsOf(postings);
  await writer.query({
    name: "insert-segment",
    text: "INSERT INTO search_segments (first_number, span, level, postings, part_bits) VALUES ($1, $2, $3, $4, $5)",
    values: [first, postings.span, level, postings.numbers.length, partBits],
  });
  const encoder = new CopyEncoder();
  for (const { part, bytes } of encodeParts(postings, partBits))
    encoder.row(["int", "int", "bytea"], [first, part, bytes]);
  await copyRows(writer, "search_pairs (first_number, part, postings)", encoder.finish());
}

/** Merges the newest segments for as long as they are many and small; within the caller's transaction. */
export async function mergeSegments(writer: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await writer.query<Segment & { level: number; postings: number }>({
      name: "newest-segments",
      text: `SELECT first_number AS first, span, level, postings, part_bits AS "partBits"
             FROM search_segments ORDER BY first_number DESC LIMIT ${MERGED}`,
    });
    const [newest, oldest] = [rows[0], rows.at(-1)];
    if (rows.length < MERGED || newest === undefined || oldest === undefined) return;
    if (rows.some(({ level, postings }) => level !== newest.level || postings > FULL)) return;
    const builder = new PostingsBuilder(newest.first + newest.span - oldest.first);
    for (const segment of rows) {
      const parts = await writer.query<{ part: number; bytes: Buffer }>({
        name: "delete-segment",
        text: `WITH parts AS (DELETE FROM search_pairs WHERE first_number = $1 RETURNING part, postings AS bytes),
                    segment AS (DELETE FROM search_segments WHERE first_number = $1)
               SELECT * FROM parts`,
        values: [segment.first],
      });
      for (const { part, bytes } of parts.rows)
        builder.addPart(bytes, part, segment, segment.first - oldest.first);
    }
    await insertSegment(writer, oldest.first, builder.finish(), newest.level + 1);
  }
}

/** Segments whose traces are all gone, or indexed anew under other numbers. */
export async function deleteEmptySegments(writer: pg.Client): Promise<void> {
  await writer.query(`
    WITH empty AS (
      DELETE FROM search_segments WHERE NOT EXISTS (
        SELECT FROM search_terms WHERE number >= first_number AND number < first_number + span
      ) RETURNING first_number
    )
    DELETE FROM search_pairs USING empty WHERE search_pairs.first_number = empty.first_number`);
}

/** The number for the next trace. */
export async function findNextNumber(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ next: number }>(`
    SELECT greatest((SELECT max(number) + 1 FROM search_terms), (SELECT max(first_number + span) FROM search_segments), 0) AS next`);
  return rows[0]?.next ?? 0;
}

// Which traces have which terms, read from the segments of the search index. Segments never change: they come, and go when
// they are merged. So what was read of one is kept for as long as it is there.
import type { Queryable } from "../database.ts";
import { NumberSet, NumberStretch } from "./number-set.ts";
import { forEachPlace } from "./postings.ts";

/** Of sets that are kept; beyond, all are let go. */
const MAX_KEPT_BYTES = 33_554_432;
/** A set is kept when so many of a segment's traces have the term: then reading its places takes longest. */
const KEPT_FROM_SHARE = 1 / 32;

interface Segment {
  first: number;
  span: number;
  /** Another segment may get the same numbers, once all their traces are gone or a crash has taken them back. */
  version: string;
}

interface Asked {
  segment: Segment;
  term: number;
}

export class TermSets {
  /** By version of segment, and term. */
  readonly #kept = new Map<string, Map<number, NumberStretch>>();
  #keptBytes = 0;

  /** The numbers of the traces with each of the terms, of one moment. */
  async read(db: Queryable, terms: readonly number[]): Promise<Map<number, NumberSet>> {
    for (;;) {
      const segments = await selectSegments(db);
      this.#forgetAllBut(segments);
      const limit = segments.reduce((most, { first, span }) => Math.max(most, first + span), 0);
      const sets = new Map(terms.map((term) => [term, NumberSet.below(limit)]));
      const asked: Asked[] = [];
      for (const [term, set] of sets)
        for (const segment of segments) {
          const kept = this.#kept.get(segment.version)?.get(term);
          if (kept === undefined) asked.push({ segment, term });
          else set.addAll(kept);
        }
      const parts = await selectParts(db, asked);
      // Otherwise some have been merged since.
      if (parts.length === asked.length) {
        asked.forEach(({ segment, term }, index) => {
          const { numbers, count } = readPart(parts[index] as FoundPart, segment, term);
          sets.get(term)?.addAll(numbers);
          if (count >= KEPT_FROM_SHARE * segment.span) this.#keep(segment, term, numbers);
        });
        return sets;
      }
    }
  }

  #keep({ version }: Segment, term: number, numbers: NumberStretch): void {
    // Two searches may have read it side by side.
    if (this.#kept.get(version)?.has(term)) return;
    this.#keptBytes += numbers.words.byteLength;
    if (this.#keptBytes > MAX_KEPT_BYTES) {
      this.#kept.clear();
      this.#keptBytes = numbers.words.byteLength;
    }
    const ofSegment = this.#kept.get(version) ?? new Map<number, NumberStretch>();
    this.#kept.set(version, ofSegment.set(term, numbers));
  }

  #forgetAllBut(segments: readonly Segment[]): void {
    const versions = new Set(segments.map(({ version }) => version));
    for (const [version, sets] of this.#kept) {
      if (versions.has(version)) continue;
      this.#kept.delete(version);
      for (const { words } of sets.values()) this.#keptBytes -= words.byteLength;
    }
  }
}

async function selectSegments(db: Queryable): Promise<Segment[]> {
  const { rows } = await db.query<Segment>({
    name: "search-segments",
    text: "SELECT first_number AS first, span, version FROM search_segments",
  });
  return rows;
}

interface FoundPart {
  /** Null where the segment begins with a later term. */
  firstTerm: number | null;
  bytes: Buffer | null;
}

/** The part that each term falls into, in the order in which they are asked for; fewer when a segment has gone. */
async function selectParts(db: Queryable, asked: readonly Asked[]): Promise<FoundPart[]> {
  if (asked.length === 0) return [];
  // A subquery for each: a join might read the whole table.
  const { rows } = await db.query<FoundPart>({
    name: "read-postings",
    text: `SELECT first_term AS "firstTerm", postings AS bytes
           FROM unnest($1::int[], $2::uuid[], $3::int[]) WITH ORDINALITY AS asked (first, version, term, place)
           JOIN search_segments ON first_number = first AND search_segments.version = asked.version
           LEFT JOIN LATERAL (
             SELECT first_term, postings FROM search_postings
             WHERE search_postings.first_number = first AND first_term <= term
             ORDER BY first_term DESC LIMIT 1
           ) AS part ON true
           ORDER BY place`,
    values: [
      asked.map(({ segment }) => segment.first),
      asked.map(({ segment }) => segment.version),
      asked.map(({ term }) => term),
    ],
  });
  return rows;
}

function readPart({ firstTerm, bytes }: FoundPart, { first, span }: Segment, term: number) {
  const numbers = new NumberStretch(first, span);
  let count = 0;
  if (firstTerm !== null && bytes !== null)
    forEachPlace({ firstTerm, bytes }, span, term, (place) => {
      numbers.add(first + place);
      count++;
    });
  return { numbers, count };
}

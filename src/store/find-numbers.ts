// Which traces may have a phrase: those that have each two of its words side by side.
import type { SearchQuery } from "../search/parse-query.ts";
import { PAIR_BITS } from "../search/terms.ts";
import type { Queryable } from "./database.ts";
import { NumberSet } from "./number-set.ts";
import { forEachPlace } from "./pair-postings.ts";

/** Pairs that are looked up for an alternative: by so many even frequent ones leave next to nothing. */
const MAX_PAIRS = 6;

/**
 * The index's numbers of the traces that may be found, which a text has to confirm; undefined where the query can be
 * fulfilled without a phrase.
 */
export async function findNumbers(db: Queryable, query: SearchQuery): Promise<NumberSet | undefined> {
  const alternatives = query.map(({ wanted }) =>
    spread([...new Set(wanted.flatMap(({ pairs }) => pairs))], MAX_PAIRS),
  );
  if (alternatives.some((pairs) => pairs.length === 0)) return undefined;
  const numbers = await readNumbers(db, [...new Set(alternatives.flat())]);
  return alternatives
    .map((pairs) =>
      pairs.map((pair) => numbers.get(pair) as NumberSet).reduce((all, some) => all.intersect(some)),
    )
    .reduce((all, some) => all.unite(some));
}

/** So many at most, from all along the phrase. */
function spread(pairs: readonly number[], most: number): number[] {
  if (pairs.length <= most) return [...pairs];
  return Array.from(
    { length: most },
    (_, index) => pairs[Math.floor((index * pairs.length) / most)] as number,
  );
}

/** The numbers of the traces with each of the pairs. */
async function readNumbers(db: Queryable, pairs: readonly number[]): Promise<Map<number, NumberSet>> {
  // A subquery for each: a join might read the whole table.
  const { rows } = await db.query<{
    first: number;
    span: number;
    partBits: number;
    pair: number;
    bytes: Buffer | null;
  }>({
    name: "read-pairs",
    text: `SELECT first_number AS first, span, part_bits AS "partBits", pair, (
             SELECT postings FROM search_pairs
             WHERE search_pairs.first_number = search_segments.first_number AND part = pair >> (${PAIR_BITS} - part_bits)
           ) AS bytes
           FROM search_segments, unnest($1::int[]) AS asked (pair)`,
    values: [pairs],
  });
  const limit = rows.reduce((most, { first, span }) => Math.max(most, first + span), 0);
  const numbers = new Map(pairs.map((pair) => [pair, new NumberSet(limit)]));
  for (const { bytes, first, pair, span, partBits } of rows) {
    const found = numbers.get(pair);
    if (bytes !== null && found !== undefined)
      forEachPlace(bytes, { pair, span, partBits }, (place) => found.add(first + place));
  }
  return numbers;
}

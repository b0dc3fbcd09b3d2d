// Which traces have what is asked for, as far as the index knows: by the numbers that it gives traces.
import type { TraceFilters } from "../contract/filters.ts";
import type { SearchQuery } from "../search/parse-query.ts";
import { valueTerm } from "../search/terms.ts";
import type { Queryable } from "./database.ts";
import { NumberSet } from "./number-set.ts";
import { forEachPlace } from "./postings.ts";
import { exactValues } from "./trace-filters.ts";

/** Of what is written, the texts have still to show whether it is there: see `isExact`. */
export async function findNumbers(
  db: Queryable,
  query: SearchQuery,
  filters: TraceFilters,
): Promise<NumberSet> {
  const alternatives = query.map(({ wanted, unwanted }) => ({
    wanted: wanted.flatMap(({ terms }) => terms),
    // A trace may have the words of a phrase that is unwanted, and not the phrase.
    unwanted: unwanted.flatMap(({ terms, written }) => (written === undefined ? terms : [])),
  }));
  const values = exactValues(filters).map(valueTerm);
  const terms = alternatives.flatMap(({ wanted, unwanted }) => [...wanted, ...unwanted]);
  const sets = await readSets(db, [...new Set([...values, ...terms])]);
  const setOf = (term: number) => sets.get(term) as NumberSet;
  const all = (some: readonly number[]) => some.map(setOf).reduce((both, set) => both.intersect(set));
  const found = alternatives
    .map(({ wanted, unwanted }) => unwanted.map(setOf).reduce((rest, set) => rest.without(set), all(wanted)))
    .reduce((either, set) => either.unite(set));
  return values.reduce((both, value) => both.intersect(setOf(value)), found);
}

/** The numbers of the traces with each of the terms. */
async function readSets(db: Queryable, terms: readonly number[]): Promise<Map<number, NumberSet>> {
  // A subquery for each: a join might read the whole table.
  const { rows } = await db.query<{
    first: number;
    span: number;
    term: number;
    firstTerm: number | null;
    bytes: Buffer | null;
  }>({
    name: "read-postings",
    text: `SELECT first_number AS first, span, term, first_term AS "firstTerm", postings AS bytes
           FROM search_segments, unnest($1::int[]) AS asked (term) LEFT JOIN LATERAL (
             SELECT first_term, postings FROM search_postings
             WHERE search_postings.first_number = search_segments.first_number AND first_term <= term
             ORDER BY first_term DESC LIMIT 1
           ) AS part ON true`,
    values: [terms],
  });
  const limit = rows.reduce((most, { first, span }) => Math.max(most, first + span), 0);
  const sets = new Map(terms.map((term) => [term, NumberSet.below(limit)]));
  for (const { bytes, firstTerm, first, span, term } of rows) {
    const set = sets.get(term);
    if (bytes !== null && firstTerm !== null && set !== undefined)
      forEachPlace({ firstTerm, bytes }, span, term, (place) => set.add(first + place));
  }
  return sets;
}

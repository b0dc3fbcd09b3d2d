// Which traces have what is asked for, as far as the index knows: by the numbers that it gives traces.
import type { TraceFilters } from "../../contract/filters.ts";
import type { SearchQuery } from "../../search/parse-query.ts";
import { valueTerm } from "../../search/terms.ts";
import type { Queryable } from "../database.ts";
import { exactValues } from "../trace-filters.ts";
import type { NumberSet } from "./number-set.ts";
import { TermSets } from "./term-sets.ts";

/** Of each pool, what is kept of its database. */
const termSets = new WeakMap<Queryable, TermSets>();

/** Of what is written, the texts have still to show whether it is there: see `isIndexed`. */
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
  const sets = await termSetsOf(db).read(db, [...new Set([...values, ...terms])]);
  const setOf = (term: number) => sets.get(term) as NumberSet;
  const all = (some: readonly number[]) => some.map(setOf).reduce((both, set) => both.intersect(set));
  const found = alternatives
    .map(({ wanted, unwanted }) => unwanted.map(setOf).reduce((rest, set) => rest.without(set), all(wanted)))
    .reduce((either, set) => either.unite(set));
  return values.reduce((both, value) => both.intersect(setOf(value)), found);
}

function termSetsOf(db: Queryable): TermSets {
  const known = termSets.get(db);
  if (known !== undefined) return known;
  const made = new TermSets();
  termSets.set(db, made);
  return made;
}

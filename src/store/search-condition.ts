// What a search means in SQL: a condition on a row of search_terms. What it lets pass is still to be checked where
// `isExact` is false.
import sql, { join, raw, type Sql } from "sql-template-tag";
import type { Clause, SearchQuery } from "../search/parse-query.ts";

export function searchCondition(query: SearchQuery): Sql {
  const alternatives = query.map(({ wanted, unwanted }) => {
    const conditions = [sql`terms @> ${intArray(termsOfAll(wanted))}`];
    // A trace may have the words of a phrase that is unwanted, and not the phrase.
    const single = unwanted.filter(({ written }) => written === undefined);
    if (single.length > 0) conditions.push(sql`NOT terms && ${intArray(termsOfAll(single))}`);
    return sql`(${join(conditions, " AND ")})`;
  });
  return sql`(${join(alternatives, " OR ")})`;
}

function termsOfAll(clauses: readonly Clause[]): number[] {
  return [...new Set(clauses.flatMap(({ terms }) => terms))];
}

/** Numbers of our own making: no parameters, which COPY would not take. */
function intArray(terms: readonly number[]): Sql {
  return raw(`'{${terms.join(",")}}'::int4[]`);
}

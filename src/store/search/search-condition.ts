// What a search means in SQL, once it is known which traces may have what is asked for.
import sql, { raw, type Sql } from "sql-template-tag";
import type { TraceFilters } from "../../contract/filters.ts";
import { parseQuery } from "../../search/parse-query.ts";
import type { Queryable } from "../database.ts";
import { filterConditions } from "../trace-filters.ts";
import { findNumbers } from "./find-numbers.ts";
import type { NumberSet } from "./number-set.ts";

/** Traces that are looked up by their numbers; for more, each trace's number is looked up in the set. */
const MAX_LISTED = 20_000;

/** Conditions on the row of `traces`; of what `q` asks they let pass what the index knows: see `isIndexed`. */
export async function searchConditions(db: Queryable, filters: TraceFilters): Promise<Sql[]> {
  const { q, ...others } = filters;
  const conditions = filterConditions(others);
  if (q === undefined) return conditions;
  const numbers = await findNumbers(db, parseQuery(q), others);
  if (numbers.size <= MAX_LISTED)
    return [
      ...conditions,
      sql`traces.id IN (SELECT trace_id FROM search_numbers WHERE ${isListed(numbers)})`,
    ];
  // As a value of the row, not as a join, for which PostgreSQL would read all numbers.
  return [...conditions, sql`(SELECT ${isSet(numbers)} FROM search_numbers WHERE trace_id = traces.id)`];
}

/** Numbers of our own making: no parameters, which COPY would not take. */
export function isListed(numbers: NumberSet): Sql {
  return raw(`number = ANY ('{${[...numbers].join(",")}}'::int4[])`);
}

/** Numbers beyond the set were given after it was made. */
function isSet({ bytes }: NumberSet): Sql {
  const hex = Buffer.from(bytes.buffer).toString("hex");
  const limit = 8 * bytes.length;
  return raw(`number < ${limit} AND get_bit('\\x${hex}'::bytea, least(number, ${limit - 1})) = 1`);
}

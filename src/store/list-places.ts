// Traces that pass the filters as mere places in an order, any number of them, in batches.
import sql, { join, raw } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../contract/filters.ts";
import { parseQuery } from "../search/parse-query.ts";
import type { Queryable } from "./database.ts";
import { findNumbers } from "./search/find-numbers.ts";
import { searchTraces } from "./search/search-traces.ts";
import { filterConditions } from "./trace-filters.ts";
import { type Place, partsAfter, traceOrders } from "./trace-order.ts";

const BATCH = 200;
/** Of hits, each of which is read to be found. */
const SEARCH_BATCH = 100;

/** Ids of matching traces, newest first; with `q` exactly those that have what is asked for. */
export async function* streamIds(db: Queryable, filters: TraceFilters): AsyncGenerator<string[]> {
  if (isContradictory(filters)) return;
  const order = traceOrders.newest;
  const { q, ...others } = filters;
  if (q !== undefined) {
    const numbers = await findNumbers(db, parseQuery(q), others);
    let place: Place | undefined;
    do {
      const search = { q, numbers, filters: others, order, place, limit: SEARCH_BATCH, offset: 0 };
      const { hits, next } = await searchTraces(db, search);
      yield hits.map(({ id }) => id);
      place = next;
    } while (place !== undefined);
    return;
  }
  const conditions = filterConditions(others);
  let rows: { id: string; created_at: Date }[];
  let place: Place | undefined;
  do {
    const [part] = partsAfter(order, place);
    const all = part?.condition === undefined ? conditions : [part.condition, ...conditions];
    ({ rows } = await db.query(
      sql`SELECT id, created_at FROM traces WHERE ${join(all, " AND ")} ORDER BY ${part?.orderBy ?? raw("id")} LIMIT ${BATCH}`,
    ));
    yield rows.map(({ id }) => id);
    const last = rows.at(-1);
    place = last && { value: last.created_at.toISOString(), id: last.id };
  } while (rows.length === BATCH);
}

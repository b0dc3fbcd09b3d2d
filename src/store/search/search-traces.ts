// A page of traces with what was searched for. The index tells beforehand which traces may have it: few are looked up
// and sorted, many are met walking along the list.
// Both are bounded: a page that would take too long is given short, and goes on where it ended.
import sql, { join, raw, type Sql } from "sql-template-tag";
import { AppError } from "../../contract/errors.ts";
import { isContradictory } from "../../contract/filters.ts";
import type { SearchExcerpt } from "../../contract/search.ts";
import { makeExcerpts } from "../../search/excerpts.ts";
import { isIndexed, matchesTrace } from "../../search/match-trace.ts";
import { parseQuery, type SearchQuery } from "../../search/parse-query.ts";
import type { Queryable } from "../database.ts";
import { type ReadTexts, readTexts } from "../read-texts.ts";
import { runByIndexes } from "../run-by-indexes.ts";
import { filterConditions, type RowFilters } from "../trace-filters.ts";
import { type Place, partsAfter, type TraceOrder } from "../trace-order.ts";
import { findNumbers } from "./find-numbers.ts";
import type { NumberSet } from "./number-set.ts";
import { isListed } from "./search-condition.ts";

/** Walking passes a trace in 5 µs; looking up fetches and sorts one in about as many. */
const FIRST_BLOCK = 200;
const BLOCK = 1_000;
/** So few traces are looked up without a walk. */
const MAX_FEW = 3_000;
/** So many are looked up when walking on to the end of the page would take longer. */
const MAX_FOUND = 20_000;
/** Of those that were looked up, the ones that are handed on at once to be checked, where their texts have to tell. */
const MAX_CANDIDATES = 2_000;
/** Another word may have the term of one that was asked for: more candidates than hits are needed, but hardly ever. */
const FEW_MORE = 10;
/** Texts that are read at once, and twice as many each time after. */
const FIRST_TEXTS = 32;
const TIME_LIMIT_MS = 1_000;

export interface SearchHit {
  id: string;
  excerpts: SearchExcerpt[];
}

export interface SearchResult {
  hits: SearchHit[];
  /** Where the next page begins; undefined at the end of the list. */
  next: Place | undefined;
}

export interface Search {
  q: string;
  filters: RowFilters;
  order: TraceOrder;
  /** The page comes after it. */
  place: Place | undefined;
  /** Hits on the page, and hits to leave out before it. */
  limit: number;
  offset: number;
  /** What `findNumbers` has found, where that was asked before. */
  numbers?: NumberSet;
}

export async function searchTraces(db: Queryable, search: Search): Promise<SearchResult> {
  const query = parseQuery(search.q);
  if (isContradictory(search.filters)) return { hits: [], next: undefined };
  const deadline = performance.now() + TIME_LIMIT_MS;
  const hits: SearchHit[] = [];
  let found = 0;
  let last: Place | undefined;
  const numbers = search.numbers ?? (await findNumbers(db, query, search.filters));
  const shortPage = () => {
    if (search.offset > 0 && hits.length === 0) throw tooFar(search.offset);
    return { hits, next: last };
  };
  for await (const { candidates, end } of findCandidates(db, search, query, numbers, () => found)) {
    const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
    for await (const read of readMoreAndMore(db, [...known.keys()])) {
      const excerpts = checkTrace(query, read);
      if (excerpts !== undefined && found++ >= search.offset) {
        // One hit more than the page tells that there is a next one.
        if (hits.length === search.limit) return { hits, next: last };
        hits.push({ id: read.id, excerpts });
      }
      last = known.get(read.id);
      if (performance.now() > deadline) return shortPage();
    }
    last = end ?? last;
    if (performance.now() > deadline) return shortPage();
  }
  return { hits, next: undefined };
}

function tooFar(offset: number): AppError {
  const message = `offset: The first ${offset} hits of this search cannot be passed over in time; go on by cursor`;
  return new AppError("invalid_request", message, {
    issues: [{ pointer: "/offset", message, code: "maximum" }],
  });
}

/** Reads ahead as it turns out that few of the candidates are hits. */
async function* readMoreAndMore(db: Queryable, ids: readonly string[]): AsyncGenerator<ReadTexts> {
  for (let from = 0, size = FIRST_TEXTS; from < ids.length; from += size, size *= 2)
    yield* readTexts(db, ids.slice(from, from + size));
}

/** The excerpts of a trace that has what is asked for; each shows that one thing is there. */
function checkTrace(query: SearchQuery, { texts }: ReadTexts): SearchExcerpt[] | undefined {
  const isOneThing = query.every(({ wanted, unwanted }) => wanted.length + unwanted.length === 1);
  if (!isOneThing && !matchesTrace(query, texts)) return undefined;
  const excerpts = makeExcerpts(query, texts);
  return excerpts.length > 0 ? excerpts : undefined;
}

interface Candidates {
  candidates: Place[];
  /** As far as the list has been looked at, where that is beyond the last candidate. */
  end: Place | undefined;
}

/**
 * Traces that may be hits, in the order of the list, few at first.
 * @param countHits how many of them have been hits so far
 */
async function* findCandidates(
  db: Queryable,
  search: Search,
  query: SearchQuery,
  numbers: NumberSet,
  countHits: () => number,
): AsyncGenerator<Candidates> {
  const wanted = search.limit + search.offset + 1;
  let place = search.place;
  let walked = 0;
  const { size: found } = numbers;
  // As many hits to come as there were on the way so far; and at most as long a way as looking up takes.
  const isFar = () => walked >= found || (wanted - countHits()) * walked > countHits() * found;
  for (;;) {
    if (found <= MAX_FEW || (found <= MAX_FOUND && walked >= BLOCK && isFar())) {
      const size = isIndexed(query) ? Math.min(wanted + FEW_MORE, MAX_CANDIDATES) : MAX_CANDIDATES;
      yield* lookUpAll(db, search, numbers, place, size);
      return;
    }
    const size = walked === 0 ? FIRST_BLOCK : BLOCK;
    const block = await walk(db, search, place, size);
    const candidates = block.filter(({ number }) => number !== null && numbers.has(number));
    walked += block.length;
    place = block.at(-1) ?? place;
    yield { candidates, end: place };
    if (block.length < size) return;
  }
}

/** The next traces that pass the filters, with their numbers; those that are not indexed yet have none. */
async function walk(
  db: Queryable,
  search: Search,
  place: Place | undefined,
  size: number,
): Promise<(Place & { number: number | null })[]> {
  // The OFFSET keeps PostgreSQL from joining the whole table.
  const statement = sql`
    WITH block AS MATERIALIZED (${selectPlaces(search, place, size)})
    SELECT block.*, number FROM block LEFT JOIN LATERAL (
      SELECT number FROM search_numbers WHERE trace_id = block.id OFFSET 0
    ) AS indexed ON true`;
  const rows = await runByIndexes<Place & { number: number | null }>(db, statement);
  return rows.map(toPlace);
}

/** All traces after `place` that may have what is asked for, so many at once. */
async function* lookUpAll(
  db: Queryable,
  search: Search,
  numbers: NumberSet,
  place: Place | undefined,
  size: number,
): AsyncGenerator<Candidates> {
  if (numbers.size === 0) return;
  const found = sql`(SELECT trace_id FROM search_numbers WHERE ${isListed(numbers)}) AS found
                    JOIN traces ON traces.id = found.trace_id`;
  for (let last = place; ; ) {
    const rows = await runByIndexes<Place>(db, selectPlaces(search, last, size, found));
    const candidates = rows.map(toPlace);
    yield { candidates, end: candidates.at(-1) };
    if (candidates.length < size) return;
    last = candidates.at(-1);
  }
}

/** Ids and values in the search's order. */
function selectPlaces({ order, filters }: Search, place: Place | undefined, limit: number, from?: Sql): Sql {
  const conditions = filterConditions(filters);
  const selects = partsAfter(order, place).map(({ condition, orderBy }) => {
    const all = condition === undefined ? conditions : [condition, ...conditions];
    const listed = sql`SELECT traces.id, traces.${raw(order.column)} FROM ${from ?? raw("traces")} WHERE ${join(all, " AND ")}`;
    // Nothing is walked for what was looked up: the order comes after it.
    return from === undefined
      ? sql`(${listed} ORDER BY ${orderBy} LIMIT ${limit})`
      : sql`(SELECT * FROM (${listed} OFFSET 0) AS traces ORDER BY ${orderBy} LIMIT ${limit})`;
  });
  return sql`SELECT id, ${raw(order.column)} AS value FROM (${join(selects, " UNION ALL ")}) AS parts LIMIT ${limit}`;
}

function toPlace<T extends Place>(row: T): T {
  const value = row.value as unknown;
  return value instanceof Date ? { ...row, value: value.toISOString() } : row;
}

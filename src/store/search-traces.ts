// A page of traces with what was searched for. Common words are met walking along the list; rare ones are looked up.
// For phrases the index tells beforehand which traces may have them.
// Both are bounded: a page that would take too long is given short, and goes on where it ended.
import sql, { join, raw, type Sql } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../contract/filters.ts";
import type { SearchExcerpt } from "../contract/search.ts";
import { makeExcerpts } from "../search/excerpts.ts";
import { isExact, matchesTrace } from "../search/match-trace.ts";
import { type Alternative, parseQuery, type SearchQuery } from "../search/parse-query.ts";
import type { Queryable } from "./database.ts";
import { findNumbers } from "./find-numbers.ts";
import type { NumberSet } from "./number-set.ts";
import { type ReadTexts, readTexts } from "./read-texts.ts";
import { runByIndexes } from "./run-by-indexes.ts";
import { searchCondition } from "./search-condition.ts";
import { filterConditions } from "./trace-filters.ts";
import { type Place, partsAfter, type TraceOrder } from "./trace-order.ts";

/** Walking checks a trace in 10 µs; looking up fetches and sorts one in as many. */
const FIRST_BLOCK = 200;
const BLOCK = 1_000;
/** Traces walked before the words count as rare, and as many more as may fill the page. */
const MAX_WALK = 6_000;
/** Traces with the words that can be looked up and sorted. */
const MAX_FOUND = 20_000;
/** Of those, the ones that are handed on at once, to be checked. */
const MAX_CANDIDATES = 2_000;
/** Phrases that so few traces may have are not walked for. */
const MAX_FEW = 5_000;
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
  filters: TraceFilters & { q: string };
  order: TraceOrder;
  /** The page comes after it. */
  place: Place | undefined;
  /** Hits on the page, and hits to leave out before it. */
  limit: number;
  offset: number;
}

export async function searchTraces(db: Queryable, search: Search): Promise<SearchResult> {
  const query = parseQuery(search.filters.q);
  if (isContradictory(search.filters)) return { hits: [], next: undefined };
  const deadline = performance.now() + TIME_LIMIT_MS;
  const hits: SearchHit[] = [];
  let skipped = 0;
  let last: Place | undefined;
  const numbers = await findNumbers(db, query);
  const isNumberAll = numbers !== undefined && query.every(isPhrasesOnly);
  const asked = { search, numbers, condition: isNumberAll ? raw("true") : searchCondition(query) };
  for await (const { candidates, end } of findCandidates(db, asked, deadline)) {
    const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
    for await (const read of readMoreAndMore(db, [...known.keys()])) {
      const excerpts = checkTrace(query, read);
      if (excerpts !== undefined && skipped++ >= search.offset) {
        // One hit more than the page tells that there is a next one.
        if (hits.length === search.limit) return { hits, next: last };
        hits.push({ id: read.id, excerpts });
      }
      last = known.get(read.id);
      if (performance.now() > deadline) return { hits, next: last };
    }
    last = end ?? last;
    if (performance.now() > deadline) return { hits, next: last };
  }
  return { hits, next: undefined };
}

/** Whether the pairs of words tell all that the index knows of it. */
function isPhrasesOnly({ wanted, unwanted }: Alternative): boolean {
  return (
    wanted.every(({ pairs }) => pairs.length > 0) && unwanted.every(({ written }) => written !== undefined)
  );
}

/** Reads ahead as it turns out that few of the candidates are hits. */
async function* readMoreAndMore(db: Queryable, ids: readonly string[]): AsyncGenerator<ReadTexts> {
  for (let from = 0, size = FIRST_TEXTS; from < ids.length; from += size, size *= 2)
    yield* readTexts(db, ids.slice(from, from + size));
}

/** The excerpts of a trace that has what is asked for. */
function checkTrace(query: SearchQuery, { texts }: ReadTexts): SearchExcerpt[] | undefined {
  if (!isExact(query) && !matchesTrace(query, texts)) return undefined;
  const excerpts = makeExcerpts(query, texts);
  // Another word may have the hash of one that was asked for.
  return excerpts.length > 0 ? excerpts : undefined;
}

interface Asked {
  search: Search;
  /** On a row of search_terms, besides its number. */
  condition: Sql;
  /** Numbers of the traces that may have the phrases; undefined where anything may do. */
  numbers: NumberSet | undefined;
}

interface Candidates {
  candidates: Place[];
  /** As far as the list has been looked at, where that is beyond the last candidate. */
  end: Place | undefined;
}

/** Traces that may be hits, in the order of the list, few at first. */
async function* findCandidates(db: Queryable, asked: Asked, deadline: number): AsyncGenerator<Candidates> {
  const { search, numbers } = asked;
  const wanted = search.limit + search.offset + 1;
  let place = search.place;
  let walked = 0;
  let met = 0;
  let canLookUp = true;
  if (numbers !== undefined && numbers.size <= MAX_FEW) {
    yield* lookUpAll(db, asked, place);
    return;
  }
  while (performance.now() < deadline) {
    const size = walked === 0 ? FIRST_BLOCK : BLOCK;
    const block = await walk(db, asked, place, size);
    const candidates = block.filter(({ isMet }) => isMet);
    walked += block.length;
    met += candidates.length;
    place = block.at(-1) ?? place;
    yield { candidates, end: place };
    if (block.length < size) return;
    const isRare = met * MAX_WALK < wanted * walked || walked >= MAX_WALK;
    if (!isRare || walked < BLOCK || !canLookUp) continue;
    if (yield* lookUpAll(db, asked, place)) return;
    canLookUp = false;
  }
}

/** The next traces that pass the filters, and whether each may have what is asked for. */
async function walk(
  db: Queryable,
  { search, condition, numbers }: Asked,
  place: Place | undefined,
  size: number,
): Promise<(Place & { isMet: boolean })[]> {
  // The OFFSET keeps PostgreSQL from joining the whole table.
  const statement = sql`
    WITH block AS MATERIALIZED (${selectPlaces(search, place, size)})
    SELECT block.*, indexed.* FROM block LEFT JOIN LATERAL (
      SELECT number, ${condition} AS "isMet" FROM search_terms WHERE trace_id = block.id OFFSET 0
    ) AS indexed ON true`;
  const rows = await runByIndexes<Place & { number: number | null; isMet: boolean | null }>(db, statement);
  return rows.map((row) => ({
    ...toPlace(row),
    isMet: row.isMet === true && (numbers === undefined || numbers.has(row.number as number)),
  }));
}

/** All traces after `place` that may have what is asked for; the answer is false where they are too many. */
async function* lookUpAll(
  db: Queryable,
  asked: Asked,
  place: Place | undefined,
): AsyncGenerator<Candidates, boolean> {
  for (let last = place; ; ) {
    const found = await lookUp(db, asked, last);
    // They are far away in this order, or other filters leave them out.
    if (found === undefined) return false;
    yield { candidates: found, end: found.at(-1) };
    if (found.length < MAX_CANDIDATES) return true;
    last = found.at(-1);
  }
}

/** The next traces that may have what is asked for and pass the filters; undefined when too many may have it. */
async function lookUp(
  db: Queryable,
  { search, condition, numbers }: Asked,
  place: Place | undefined,
): Promise<Place[] | undefined> {
  if (numbers !== undefined && numbers.size > MAX_FOUND) return undefined;
  // Of rows that are found by number, terms are looked at row by row.
  const indexed =
    numbers === undefined
      ? raw("search_terms")
      : raw(
          `(SELECT * FROM search_terms WHERE number = ANY('{${[...numbers]}}'::int4[]) OFFSET 0) AS search_terms`,
        );
  const statement = sql`
    WITH found AS MATERIALIZED (
      SELECT trace_id FROM ${indexed} WHERE ${condition} LIMIT ${MAX_FOUND + 1}
    )
    SELECT * FROM (${selectPlaces(search, place, MAX_CANDIDATES, "found JOIN traces ON traces.id = found.trace_id")}) AS listed
    RIGHT JOIN (SELECT count(*)::int AS found FROM found) AS counted ON true`;
  const rows = await runByIndexes<Place & { found: number }>(db, statement);
  if ((rows[0]?.found ?? 0) > MAX_FOUND) return undefined;
  return rows.filter(({ id }) => id !== null).map(toPlace);
}

/** Ids and values in the search's order. */
function selectPlaces(
  { order, filters }: Search,
  place: Place | undefined,
  limit: number,
  from = "traces",
): Sql {
  const { q: _q, ...others } = filters;
  const conditions = filterConditions(others);
  const selects = partsAfter(order, place).map(({ condition, orderBy }) => {
    const all = condition === undefined ? conditions : [condition, ...conditions];
    const listed = sql`SELECT traces.id, traces.${raw(order.column)} FROM ${raw(from)} WHERE ${join(all, " AND ")}`;
    // Nothing is walked for what was looked up: the order comes after it.
    return from === "traces"
      ? sql`(${listed} ORDER BY ${orderBy} LIMIT ${limit})`
      : sql`(SELECT * FROM (${listed} OFFSET 0) AS traces ORDER BY ${orderBy} LIMIT ${limit})`;
  });
  return sql`SELECT id, ${raw(order.column)} AS value FROM (${join(selects, " UNION ALL ")}) AS parts LIMIT ${limit}`;
}

function toPlace<T extends Place>(row: T): T {
  const value = row.value as unknown;
  return value instanceof Date ? { ...row, value: value.toISOString() } : row;
}

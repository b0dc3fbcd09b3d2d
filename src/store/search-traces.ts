// A page of traces with what was searched for. Common words are met walking along the list; rare ones are looked up.
// Both are bounded: a page that would take too long is given short, and goes on where it ended.
import sql, { join, raw, type Sql } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../contract/filters.ts";
import type { SearchExcerpt } from "../contract/search.ts";
import { makeExcerpts } from "../search/excerpts.ts";
import { isExact, matchesTrace } from "../search/match-trace.ts";
import { parseQuery, type SearchQuery } from "../search/parse-query.ts";
import type { Queryable } from "./database.ts";
import { type ReadTexts, readTexts } from "./read-texts.ts";
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
  for await (const { candidates, end } of findCandidates(db, search, query, deadline)) {
    const known = new Map(candidates.map((candidate) => [candidate.id, candidate]));
    for await (const read of readTexts(db, [...known.keys()])) {
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

/** The excerpts of a trace that has what is asked for. */
function checkTrace(query: SearchQuery, { texts }: ReadTexts): SearchExcerpt[] | undefined {
  if (!isExact(query) && !matchesTrace(query, texts)) return undefined;
  const excerpts = makeExcerpts(query, texts);
  // Another word may have the hash of one that was asked for.
  return excerpts.length > 0 ? excerpts : undefined;
}

interface Candidates {
  candidates: Place[];
  /** As far as the list has been looked at, where that is beyond the last candidate. */
  end: Place | undefined;
}

/** Traces that may be hits, in the order of the list, few at first. */
async function* findCandidates(
  db: Queryable,
  search: Search,
  query: SearchQuery,
  deadline: number,
): AsyncGenerator<Candidates> {
  const wanted = search.limit + search.offset + 1;
  let place = search.place;
  let walked = 0;
  let met = 0;
  let canLookUp = true;
  while (performance.now() < deadline) {
    const size = walked === 0 ? FIRST_BLOCK : BLOCK;
    const block = await walk(db, search, query, place, size);
    const candidates = block.filter(({ isMet }) => isMet);
    walked += block.length;
    met += candidates.length;
    place = block.at(-1) ?? place;
    yield { candidates, end: place };
    if (block.length < size) return;
    const isRare = met * MAX_WALK < wanted * walked || walked >= MAX_WALK;
    if (!isRare || walked < BLOCK || !canLookUp) continue;
    for (;;) {
      const found = await lookUp(db, search, query, place);
      // More than can be sorted: they are far away in this order, or other filters leave them out.
      if (found === undefined) break;
      yield { candidates: found, end: found.at(-1) };
      if (found.length < MAX_CANDIDATES) return;
      place = found.at(-1);
    }
    canLookUp = false;
  }
}

/** The next traces that pass the filters, and whether each has the terms. */
async function walk(
  db: Queryable,
  search: Search,
  query: SearchQuery,
  place: Place | undefined,
  size: number,
): Promise<(Place & { isMet: boolean })[]> {
  const { rows } = await db.query<Place & { isMet: boolean }>(sql`
    WITH block AS MATERIALIZED (${selectPlaces(search, place, size)})
    SELECT block.*, coalesce((SELECT ${searchCondition(query)} FROM search_terms WHERE trace_id = block.id), false) AS "isMet"
    FROM block`);
  return rows.map(toPlace);
}

/** The traces after `place` that have the terms and pass the filters; undefined when too many have the terms. */
async function lookUp(
  db: Queryable,
  search: Search,
  query: SearchQuery,
  place: Place | undefined,
): Promise<Place[] | undefined> {
  const { rows } = await db.query<Place & { found: number }>(sql`
    WITH found AS MATERIALIZED (
      SELECT trace_id FROM search_terms WHERE ${searchCondition(query)} LIMIT ${MAX_FOUND + 1}
    )
    SELECT * FROM (${selectPlaces(search, place, MAX_CANDIDATES, "found JOIN traces ON traces.id = found.trace_id")}) AS listed
    RIGHT JOIN (SELECT count(*)::int AS found FROM found) AS counted ON true`);
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

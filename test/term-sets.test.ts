import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Part, PartsEncoder } from "../src/store/search/postings.ts";
import { insertSegment, mergeSegments } from "../src/store/search/segments.ts";
import { TermSets } from "../src/store/search/term-sets.ts";
import { useDatabase } from "./support/database.ts";

const database = useDatabase();
const SPAN = 100;
/** In every trace, in every tenth, in one of each segment, in none. */
const TERMS = [7, 70, 700, 7_000];
let writer: pg.Client;

beforeAll(async () => {
  writer = new pg.Client(database.connection);
  await writer.connect();
});

afterAll(() => writer.end());

/** @param places of the traces that have each of the terms */
async function addSegment(first: number, places: number[][]) {
  const parts: Part[] = [];
  const encoder = new PartsEncoder(SPAN, (part) => parts.push(part));
  for (const [index, term] of TERMS.entries())
    for (const place of places[index] ?? []) encoder.add(term, place);
  encoder.end();
  await insertSegment(writer, { first, span: SPAN }, parts);
}

const everyNth = (n: number) => Array.from({ length: SPAN / n }, (_, index) => index * n);

async function read(sets: TermSets) {
  const found = await sets.read(database.pool, TERMS);
  return TERMS.map((term) => [...(found.get(term) ?? [])]);
}

test("what is kept is the same as what is read, while segments come, are merged and go", async () => {
  const kept = new TermSets();
  const wanted = TERMS.map((): number[] => []);
  for (let segment = 0; segment < 20; segment++) {
    const places = [everyNth(1), everyNth(10), [segment]];
    await addSegment(segment * SPAN, places);
    for (const [index, each] of places.entries())
      wanted[index]?.push(...each.map((place) => segment * SPAN + place));
    if (segment % 3 === 0) expect(await read(kept)).toEqual(wanted);
    if (segment === 15) expect(await mergeSegments(writer)).toBe(1);
    expect(await read(kept)).toEqual(wanted);
  }
});

test("another segment with the same numbers is read anew", async () => {
  const kept = new TermSets();
  await writer.query("TRUNCATE search_segments, search_postings");
  expect(await read(kept)).toEqual([[], [], [], []]);
  for (const n of [1, 2, 5]) {
    await addSegment(0, [everyNth(n)]);
    expect(await read(kept)).toEqual([everyNth(n), [], [], []]);
    expect(await read(kept)).toEqual([everyNth(n), [], [], []]);
    await writer.query("DELETE FROM search_segments; DELETE FROM search_postings");
  }
});

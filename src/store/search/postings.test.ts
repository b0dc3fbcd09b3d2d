import { describe, expect, test } from "vitest";
import { createRandom } from "../../../test/support/random-json.ts";
import { NumberSet } from "./number-set.ts";
import { forEachPlace, type Part, PartReader, PartsEncoder } from "./postings.ts";
import { PostingsSorter } from "./postings-sorter.ts";

const random = createRandom(3);
const HIGHEST = 2 ** 31 - 1;

/** Terms of so many traces: some that all have, some that few have; with repetitions. */
function makePostings(span: number, count: number): [term: number, place: number][] {
  return Array.from({ length: count }, () => [
    random.below(4) === 0 ? random.below(5) : random.below(HIGHEST),
    random.below(span),
  ]);
}

function encode(span: number, postings: readonly [number, number][]): Part[] {
  const sorter = new PostingsSorter();
  for (const [term, place] of postings.toSorted((a, b) => a[1] - b[1])) sorter.add(term, place);
  const parts: Part[] = [];
  const encoder = new PartsEncoder(span, (part) => parts.push(part));
  sorter.drainInto(encoder);
  encoder.end();
  return parts;
}

function read(parts: readonly Part[], span: number, term: number): number[] {
  const places: number[] = [];
  const part = parts.findLast(({ firstTerm }) => firstTerm <= term);
  if (part !== undefined) forEachPlace(part, span, term, (place) => places.push(place));
  return places;
}

describe("what was written is read", () => {
  test.each([
    [1, 0],
    [1, 1],
    [1, 900],
    [3, 50],
    [500, 30_000],
    [40_000, 60],
    [1_000_000, 3_000],
  ])("of %i traces with %i postings", (span, count) => {
    const postings = makePostings(span, count);
    const parts = encode(span, postings);
    const terms = [...new Set(postings.map(([term]) => term))].sort((a, b) => a - b);
    for (const term of [...terms.slice(0, 200), 0, 1, HIGHEST]) {
      const places = new Set(postings.filter((posting) => posting[0] === term).map(([, place]) => place));
      expect(read(parts, span, term)).toEqual([...places].sort((a, b) => a - b));
    }
    const readTerms = parts.flatMap((part) => {
      const found = new Set<number>();
      for (const reader = new PartReader(part, span); reader.next(); ) found.add(reader.term);
      return [...found];
    });
    expect(readTerms).toEqual(terms);
  });
});

describe("a set of numbers", () => {
  const setOf = (...numbers: number[]) => {
    const set = NumberSet.below(901);
    for (const number of numbers) set.add(number);
    return set;
  };
  const [a, b] = [setOf(0, 7, 8, 31, 900), setOf(7, 8, 9, 7)];

  test("knows what is in it", () => {
    expect([a.size, b.size, b.has(9), b.has(10), b.has(5_000)]).toEqual([5, 3, true, false, false]);
    expect([...a]).toEqual([0, 7, 8, 31, 900]);
  });

  test("is united with others, intersected with them, and goes without them", () => {
    expect([...a.intersect(b)]).toEqual([7, 8]);
    expect([...b.unite(a)]).toEqual([0, 7, 8, 9, 31, 900]);
    expect([...a.without(b)]).toEqual([0, 31, 900]);
    expect(a.intersect(b).size).toBe(2);
  });
});

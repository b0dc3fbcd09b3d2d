import { describe, expect, test } from "vitest";
import { createRandom } from "../../test/support/random-json.ts";
import { PAIR_BITS } from "../search/terms.ts";
import { NumberSet } from "./number-set.ts";
import { encodeParts, forEachPlace, PostingsBuilder, partBitsOf } from "./pair-postings.ts";

const random = createRandom(3);

/** Pairs of so many traces: some that all have, some that few have. */
function makePairs(span: number, count: number): Map<number, Set<number>> {
  const places = new Map<number, Set<number>>();
  for (let index = 0; index < count; index++) {
    const pair = random.below(4) === 0 ? random.below(5) : random.below(2 ** PAIR_BITS);
    places.set(pair, (places.get(pair) ?? new Set()).add(random.below(span)));
  }
  return places;
}

function encode(span: number, places: ReadonlyMap<number, ReadonlySet<number>>) {
  const builder = new PostingsBuilder(span);
  for (const [pair, each] of places) for (const place of each) builder.add(pair, place);
  const postings = builder.finish();
  const partBits = partBitsOf(postings);
  return {
    span,
    partBits,
    parts: new Map([...encodeParts(postings, partBits)].map(({ part, bytes }) => [part, bytes])),
  };
}

function read({ span, partBits, parts }: ReturnType<typeof encode>, pair: number): number[] {
  const places: number[] = [];
  const bytes = parts.get(pair >> (PAIR_BITS - partBits)) ?? Buffer.alloc(0);
  forEachPlace(bytes, { pair, span, partBits }, (place) => places.push(place));
  return places;
}

const inOrder = (places: ReadonlySet<number> = new Set()) => [...places].sort((a, b) => a - b);

describe("what was written is read", () => {
  test.each([
    [1, 0],
    [1, 1],
    [1, 900],
    [3, 50],
    [500, 30_000],
    [40_000, 60],
    [1_000_000, 3_000],
  ])("of %i traces with %i pairs", (span, count) => {
    const places = makePairs(span, count);
    const encoded = encode(span, places);
    for (const pair of [...[...places.keys()].slice(0, 200), 0, 1, 2 ** PAIR_BITS - 1])
      expect(read(encoded, pair)).toEqual(inOrder(places.get(pair)));
  });

  test("after segments were merged", () => {
    const [early, late] = [makePairs(7, 2_000), makePairs(500, 9_000)];
    const builder = new PostingsBuilder(507);
    for (const [segment, offset] of [
      [encode(7, early), 0],
      [encode(500, late), 7],
    ] as const)
      for (const [part, bytes] of segment.parts) builder.addPart(bytes, part, segment, offset);
    const postings = builder.finish();
    const both = new Map(early);
    for (const [pair, places] of late)
      both.set(pair, new Set([...(both.get(pair) ?? []), ...[...places].map((place) => place + 7)]));
    const expected = encode(507, both);
    expect([...encodeParts(postings, partBitsOf(postings))]).toEqual(
      [...expected.parts].map(([part, bytes]) => ({ part, bytes })),
    );
  });
});

test("sets of numbers are united and intersected", () => {
  const setOf = (...numbers: number[]) => {
    const set = new NumberSet(Math.max(...numbers) + 1);
    for (const number of numbers) set.add(number);
    return set;
  };
  const [a, b] = [setOf(0, 7, 8, 31, 900), setOf(7, 8, 9, 7)];
  expect([a.size, b.size, b.has(9), b.has(10), b.has(5_000)]).toEqual([5, 3, true, false, false]);
  expect([...a.intersect(b)]).toEqual([7, 8]);
  expect([...b.unite(a)]).toEqual([0, 7, 8, 9, 31, 900]);
});

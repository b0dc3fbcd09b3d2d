import { expect, test } from "vitest";
import { packPages } from "./pack-pages.ts";

/** As long as a row of one page can be. */
const WHOLE_PAGE = 8_116;

test("each page takes the longest that is left, and then what still fits", () => {
  expect(packPages([])).toEqual([]);
  expect(packPages([10, 5_000, 3_000, 4_000])).toEqual([1, 2, 0, 3]);
  expect(packPages([WHOLE_PAGE, 0, WHOLE_PAGE])).toEqual([0, 2, 1]);
});

test("what does not fit into a page takes next to nothing of it", () => {
  expect(packPages([2_000_000, 8_000, 2_000_000])).toEqual([1, 0, 2]);
});

test("every payload comes once, and pages are filled", () => {
  const lengths = Array.from({ length: 500 }, (_, index) => 1_200 + ((index * 7_919) % 2_400));
  const packed = packPages(lengths);
  expect(packed.toSorted((a, b) => a - b)).toEqual([...lengths.keys()]);
  expect(countPages(packed.map((index) => lengths[index] as number))).toBeLessThan(
    0.93 * countPages(lengths),
  );
});

/** As PostgreSQL lays out rows that come in this order. */
function countPages(lengths: readonly number[]): number {
  let pages = 0;
  let free = 0;
  for (const length of lengths) {
    const size = 4 + Math.ceil((length + 44) / 8) * 8;
    if (size > free) {
      pages++;
      free = 8_168;
    }
    free -= size;
  }
  return pages;
}

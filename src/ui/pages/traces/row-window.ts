// A browser's element can't be higher than some 33 million pixels. So the list shows a window of rows, which moves on
// when its end comes near: nobody notices but at the scroll bar.

/** Rows in the window; of 34 px each, 15 million pixels. */
export const MAX_WINDOW = 440_000;
const NEAR = 2_000;

/** The first row of the window, after somebody came to `row` of it (counted from the window's first). */
export function moveWindow(first: number, row: number, count: number, size = MAX_WINDOW): number {
  const near = Math.min(NEAR, size / 8);
  const half = Math.floor(size / 2);
  if (row > size - near && first + size < count) return first + half;
  if (row < near && first > 0) return Math.max(0, first - half);
  return first;
}

// The order in which payloads fill PostgreSQL's pages. As they come, the next one often does not fit into what is left of
// a page, and of every page a tenth stays empty.

/** What a page of 8 KB has for rows, beside its own header. */
const PAGE_BYTES = 8_168;
/** Where in the page a row is. */
const POINTER_BYTES = 4;
/** A row's header, a trace's id, and the length of the payload that follows. */
const HEAD_BYTES = 24 + 16 + 4;
const ALIGNMENT = 8;
/** A row that does not fit into a page tells where its payload is instead. */
const POINTING_ROW_BYTES = 68;

/**
 * @param lengths of payloads, in bytes
 * @returns their indices: for each page the longest that is left, then the longest that still fits, and so on
 */
export function packPages(lengths: readonly number[]): number[] {
  const sizes = lengths.map(rowSize);
  let left = [...sizes.keys()].sort((a, b) => (sizes[b] as number) - (sizes[a] as number));
  const packed: number[] = [];
  while (left.length > 0) {
    let free = PAGE_BYTES;
    left = left.filter((index) => {
      const size = sizes[index] as number;
      if (size > free) return true;
      free -= size;
      packed.push(index);
      return false;
    });
  }
  return packed;
}

function rowSize(length: number): number {
  const size = POINTER_BYTES + Math.ceil((HEAD_BYTES + length) / ALIGNMENT) * ALIGNMENT;
  return size > PAGE_BYTES ? POINTING_ROW_BYTES : size;
}

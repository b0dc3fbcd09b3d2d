// What is known of a stream besides its bytes.
import type { Readable } from "node:stream";

export interface SourceHints {
  /** CSV with a header, which no first byte could tell. */
  isCsv?: boolean;
  /** The file whose bytes these are: Parquet is then read where it lies, not from a copy. */
  path?: string;
}

const hintsOf = new WeakMap<Readable, SourceHints>();

export function describeSource(source: Readable, hints: SourceHints): Readable {
  hintsOf.set(source, hints);
  return source;
}

export function findHints(source: Readable): SourceHints {
  return hintsOf.get(source) ?? {};
}

/** Whether a file's name says that it is a table of text, gzipped or not. */
export function isCsvName(name: string): boolean {
  return /\.[ct]sv(?:\.gz)?$/i.test(name);
}

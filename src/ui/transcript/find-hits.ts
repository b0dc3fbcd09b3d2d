import type { Section } from "./sections.ts";

export interface Hit {
  /** Place of its section in the list. */
  at: number;
  /** Where it begins in the section's text. */
  from: number;
}

/** More are not counted: nobody walks through them. */
export const MAX_HITS = 10_000;

/** A pattern for what was typed, in capitals or not. */
export const toPattern = (words: string) => new RegExp(words.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"), "giu");

export function findHits(sections: readonly Section[], words: string): Hit[] {
  if (words === "") return [];
  const pattern = toPattern(words);
  const hits: Hit[] = [];
  for (const [at, { text }] of sections.entries()) {
    for (const { index } of text.matchAll(pattern)) {
      if (hits.push({ at, from: index }) === MAX_HITS) return hits;
    }
  }
  return hits;
}

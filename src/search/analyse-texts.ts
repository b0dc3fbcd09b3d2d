// All that a trace is found by.
import { forEachPiece, pairOf } from "./terms.ts";
import type { TraceText } from "./trace-texts.ts";

export interface Analysis {
  terms: Set<number>;
  /** Of words that stand one after the other in a text, whatever signs lie between: see `pairOf`. */
  pairs: Set<number>;
}

export function analyseTexts(texts: Iterable<TraceText>): Analysis {
  const terms = new Set<number>();
  const pairs = new Set<number>();
  for (const { text } of texts) {
    let before: number | undefined;
    forEachPiece(text, (piece) => {
      for (const term of piece.terms) terms.add(term);
      if (piece.words === undefined) before = undefined;
      for (const word of piece.words ?? []) {
        if (before !== undefined) pairs.add(pairOf(before, word));
        before = word;
      }
    });
  }
  return { terms, pairs };
}

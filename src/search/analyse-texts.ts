import { forEachPiece } from "./pieces.ts";
import { pairTerm, tripleTerm } from "./terms.ts";
import type { TraceText } from "./trace-texts.ts";

/**
 * Calls back with all terms that the texts are found by, repeated as they repeat: those of words, and of each two and
 * three words that follow each other in a text, whatever signs lie between.
 */
export function analyseTexts(texts: Iterable<TraceText>, add: (term: number) => void): void {
  for (const { text } of texts) {
    let last: number | undefined;
    let lastButOne: number | undefined;
    forEachPiece(text, ({ terms, words }) => {
      for (let index = 0; index < terms.length; index++) add(terms[index] as number);
      if (words === undefined) {
        last = lastButOne = undefined;
        return;
      }
      for (let index = 0; index < words.length; index++) {
        const word = words[index] as number;
        if (last !== undefined) add(pairTerm(last, word));
        if (last !== undefined && lastButOne !== undefined) add(tripleTerm(lastButOne, last, word));
        lastButOne = last;
        last = word;
      }
    });
  }
}

// Whether a trace is what is asked for, from its texts: what the index cannot tell is settled here.
import type { Clause, SearchQuery } from "./parse-query.ts";
import { forEachPiece } from "./terms.ts";
import type { TraceText } from "./trace-texts.ts";

/** Whether the index's answer, that all terms of a clause are there, is the whole answer. */
export function isExact(query: SearchQuery): boolean {
  return query.every(({ wanted, unwanted }) =>
    [...wanted, ...unwanted].every(({ written }) => written === undefined),
  );
}

export function matchesTrace(query: SearchQuery, texts: readonly TraceText[]): boolean {
  let terms: Set<number> | undefined;
  const hasTerms = (wanted: readonly number[]) => {
    terms ??= termsOfTexts(texts);
    return wanted.every((term) => terms?.has(term));
  };
  const holds = ({ written, terms: wanted }: Clause) =>
    written === undefined ? hasTerms(wanted) : texts.some(({ text }) => written.find(text) !== undefined);
  return query.some(({ wanted, unwanted }) => wanted.every(holds) && !unwanted.some(holds));
}

export function termsOfTexts(texts: Iterable<TraceText>): Set<number> {
  const all = new Set<number>();
  for (const { text } of texts)
    forEachPiece(text, (terms) => {
      for (const term of terms) all.add(term);
    });
  return all;
}

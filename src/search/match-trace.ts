// Whether a trace is what is asked for, from its texts: what the index cannot tell is settled here.
import type { Clause, SearchQuery } from "./parse-query.ts";
import { forEachPiece } from "./pieces.ts";
import { hasForm } from "./terms.ts";
import type { TraceText } from "./trace-texts.ts";

/** Whether the index knows all that is asked for. It knows words by their hashes, so that it takes one in millions for another. */
export function isIndexed(query: SearchQuery): boolean {
  return query.every(({ wanted, unwanted }) =>
    [...wanted, ...unwanted].every(({ written }) => written === undefined),
  );
}

export function matchesTrace(query: SearchQuery, texts: readonly TraceText[]): boolean {
  const holds = (clause: Clause) => texts.some(({ text }) => isInText(clause, text));
  return query.some(
    ({ wanted, unwanted }) => cheapestFirst(wanted).every(holds) && !cheapestFirst(unwanted).some(holds),
  );
}

function isInText({ terms: [term], word, written }: Clause, text: string): boolean {
  if (word === undefined) return written?.find(text) !== undefined;
  let isFound = false;
  forEachPiece(text, ({ terms }, start, end) => {
    isFound = terms.includes(term as number) && hasForm(text.slice(start, end), word);
    return !isFound;
  });
  return isFound;
}

/** Looking for what is written costs less than cutting a text into words. */
function cheapestFirst(clauses: readonly Clause[]): Clause[] {
  return clauses.toSorted((a, b) => Number(a.written === undefined) - Number(b.written === undefined));
}

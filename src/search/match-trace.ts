// Whether a trace is what is asked for, from its texts: what the index cannot tell is settled here.
import { analyseTexts } from "./analyse-texts.ts";
import type { Clause, SearchQuery } from "./parse-query.ts";
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
    terms ??= termsOf(texts);
    return wanted.every((term) => terms?.has(term));
  };
  const holds = ({ written, terms: wanted }: Clause) =>
    written === undefined ? hasTerms(wanted) : texts.some(({ text }) => written.find(text) !== undefined);
  return query.some(
    ({ wanted, unwanted }) => cheapestFirst(wanted).every(holds) && !cheapestFirst(unwanted).some(holds),
  );
}

function termsOf(texts: readonly TraceText[]): Set<number> {
  const terms = new Set<number>();
  analyseTexts(texts, (term) => terms.add(term));
  return terms;
}

/** Looking for what is written costs a tenth of making all terms. */
function cheapestFirst(clauses: readonly Clause[]): Clause[] {
  return clauses.toSorted((a, b) => Number(a.written === undefined) - Number(b.written === undefined));
}

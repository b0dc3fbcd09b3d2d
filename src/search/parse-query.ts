// What people write into a search box: words, "exact phrases", -without, or.
import { AppError } from "../contract/errors.ts";
import { pairOf, UNSPACED, unspacedTerms, WORD, wordTerm, writtenTerm } from "./terms.ts";
import { Written } from "./written.ts";

/** One thing looked for. */
export interface Clause {
  /** A trace with it has all these terms. */
  terms: readonly number[];
  /** And one with what is written has all these pairs of words side by side. */
  pairs: readonly number[];
  /** What must stand in one text as written; undefined where having the one term is all that is asked. */
  written?: Written;
}

/** Holds for a trace that has all of `wanted` and none of `unwanted`. */
export interface Alternative {
  wanted: Clause[];
  unwanted: Clause[];
}

/** A trace is found when one of the alternatives holds. */
export type SearchQuery = readonly Alternative[];

const MAX_CLAUSES = 32;
const PART = /(-?)"([^"]*)("?)|(\S+)/g;
const NOTHING = "Nothing is asked for: write a word or a phrase besides what is left out";

/** Throws `invalid_request` with what is wrong. */
export function parseQuery(text: string): SearchQuery {
  let current: Alternative = { wanted: [], unwanted: [] };
  const alternatives = [current];
  let clauses = 0;
  for (const [part, sign, phrase, closing, bare] of text.matchAll(PART)) {
    if (bare !== undefined && /^or$/i.test(bare)) {
      requireWanted(current, `Something to look for must stand before "${bare}"`);
      current = { wanted: [], unwanted: [] };
      alternatives.push(current);
      continue;
    }
    if (closing === "") throw invalid(`The quotation mark before "${phrase}" is never closed`);
    const isUnwanted = sign === "-" || bare?.startsWith("-") === true;
    const clause = toClause((phrase ?? bare?.slice(Number(isUnwanted)) ?? "").trim());
    if (clause === undefined) throw invalid(`${part} has no letter or digit to look for`);
    if (++clauses > MAX_CLAUSES)
      throw invalid(`At most ${MAX_CLAUSES} words and phrases can be looked for at once`);
    (isUnwanted ? current.unwanted : current.wanted).push(clause);
  }
  requireWanted(current, alternatives.length > 1 ? 'Something to look for must stand after "or"' : NOTHING);
  return alternatives;
}

function requireWanted({ wanted, unwanted }: Alternative, message: string): void {
  if (wanted.length === 0) throw invalid(unwanted.length > 0 ? NOTHING : message);
}

const RUN = new RegExp(`(${UNSPACED}+)|[${WORD}--_]+`, "gv");
/** Parts of what is written that every text with it has as terms of their own. */
const WRITTEN = new RegExp(
  `\\\\[A-Za-z]+(?!${WORD})|(?<!\\d\\.|${WORD})\\d+\\.\\d+(?!\\.\\d|${WORD})|(?<!\\\\|${WORD})${WORD}*_${WORD}*`,
  "gv",
);

/** A single word is found in all its forms; anything else as it is written. */
function toClause(written: string): Clause | undefined {
  const terms = new Set<number>();
  const pairs = new Set<number>();
  const runs = [...written.matchAll(RUN)];
  if (runs.length === 0) return undefined;
  let before: number | undefined;
  for (const [run, unspaced] of runs) {
    const word = unspaced === undefined ? wordTerm(run) : undefined;
    for (const term of word === undefined ? unspacedTerms(run) : [word]) terms.add(term);
    if (before !== undefined && word !== undefined) pairs.add(pairOf(before, word));
    before = word;
  }
  const isWord = runs.length === 1 && runs[0]?.[0].length === written.length;
  if (isWord && terms.size === 1) return { terms: [...terms], pairs: [] };
  for (const [part] of written.matchAll(WRITTEN)) terms.add(writtenTerm(part));
  return { terms: [...terms], pairs: [...pairs], written: new Written(written) };
}

function invalid(message: string): AppError {
  return new AppError("invalid_request", `q: ${message}`, {
    issues: [{ pointer: "/q", message, code: "search_syntax" }],
  });
}

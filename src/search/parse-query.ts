// What people write into a search box: words, "exact phrases", -without, or.
import { AppError } from "../contract/errors.ts";
import { UNSPACED, WORD } from "./characters.ts";
import { pairTerm, tripleTerm, unspacedTerms, wordForm, wordTerm, writtenTerm } from "./terms.ts";
import { Written } from "./written.ts";

/** One thing looked for. */
export interface Clause {
  /** A trace with it has all these terms: of what is written, as many as tell it well enough from other things. */
  terms: readonly number[];
  /** A single word, in the form in which it is compared. */
  word?: string;
  /** Anything else: what must stand in one text as written. */
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

/** By so many terms of a long phrase it is looked up: next to nothing else has them all. */
const MAX_TERMS = 6;

/** A single word is found in all its forms; anything else as it is written. */
function toClause(written: string): Clause | undefined {
  const runs = [...written.matchAll(RUN)];
  if (runs.length === 0) return undefined;
  const terms = new Set(termsOf(runs));
  if (isWord(runs, written)) return { terms: [...terms], word: runs[0]?.[1] ?? wordForm(written) };
  for (const [part] of written.matchAll(WRITTEN)) terms.add(writtenTerm(part));
  return { terms: spread([...terms], MAX_TERMS), written: new Written(written) };
}

/** Whether it is one word, or one character of text without spaces. */
function isWord([first]: readonly RegExpExecArray[], written: string): boolean {
  return first?.[0] === written && (first[1] === undefined || [...written].length === 1);
}

/** What every text with these runs one after the other is found by. */
function* termsOf(runs: readonly RegExpExecArray[]): Generator<number> {
  let words: number[] = [];
  for (const [run, unspaced] of runs) {
    if (unspaced === undefined) {
      words.push(wordTerm(run));
      continue;
    }
    yield* termsOfWords(words);
    words = [];
    yield* termsOfUnspaced(run);
  }
  yield* termsOfWords(words);
}

/** Three words side by side tell more than each two of them, and those more than each one. */
function termsOfWords(words: readonly number[]): readonly number[] {
  const [first, second] = words;
  if (first === undefined || second === undefined) return words;
  if (words.length === 2) return [pairTerm(first, second)];
  const at = (index: number) => words[index] as number;
  return words.slice(2).map((word, index) => tripleTerm(at(index), at(index + 1), word));
}

/** The pairs alone, which lie between the single characters: whatever has them has those. */
function termsOfUnspaced(text: string): number[] {
  const terms = unspacedTerms(text);
  return terms.length === 1 ? terms : terms.filter((_, index) => index > 0 && index % 2 === 0);
}

/** So many at most, from all along. */
function spread(terms: readonly number[], most: number): number[] {
  if (terms.length <= most) return [...terms];
  return Array.from(
    { length: most },
    (_, index) => terms[Math.floor((index * terms.length) / most)] as number,
  );
}

function invalid(message: string): AppError {
  return new AppError("invalid_request", `q: ${message}`, {
    issues: [{ pointer: "/q", message, code: "search_syntax" }],
  });
}

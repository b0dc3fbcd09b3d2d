// The analyser: which terms a text is found by. Documents and queries go through the same.
import { stemmer } from "stemmer";

/** Scripts that put no spaces between words, and Hangul, whose words carry their particles with them. */
const SCRIPTS = ["Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar"];
export const UNSPACED = `[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join("")}ー々〆]`;
/** What words of other scripts are made of. */
export const WORD = `[[\\p{L}\\p{M}\\p{N}_]--${UNSPACED}]`;

/** LaTeX commands with what is glued to them, numbers with points and commas, words, and text without spaces. */
const pieces = (word: string, more: string) =>
  `\\\\[A-Za-z]+${word}*|\\d+(?:[.,]\\d+)+(?!${word})|${word}+${more}`;
const ASCII_PIECE = new RegExp(pieces("[A-Za-z0-9_]", ""), "g");
const PIECE = new RegExp(pieces(WORD, `|${UNSPACED}+`), "gv");
const NON_ASCII = /[^\0-\x7f]/;
const STARTS_UNSPACED = new RegExp(`^${UNSPACED}`, "v");

/** Vocabulary repeats: most pieces have been met before. */
const MAX_CACHED_LENGTH = 32;
const MAX_CACHED = 200_000;
const cache = new Map<string, readonly number[]>();

/** Calls back for each piece of the text that can be found; stops when the answer is false. */
export function forEachPiece(
  text: string,
  visit: (terms: readonly number[], start: number, end: number) => unknown,
): void {
  const pattern = NON_ASCII.test(text) ? PIECE : ASCII_PIECE;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [piece] = match;
    const { lastIndex } = pattern;
    if (visit(termsOf(piece), match.index, lastIndex) === false) return;
    pattern.lastIndex = lastIndex;
  }
}

/** The terms of a piece, or of anything that is made up of pieces. */
function termsOf(piece: string): readonly number[] {
  if (piece.length > MAX_CACHED_LENGTH) return computeTerms(piece);
  let terms = cache.get(piece);
  if (terms === undefined) {
    terms = computeTerms(piece);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(piece, terms);
  }
  return terms;
}

function computeTerms(piece: string): readonly number[] {
  if (isUnspaced(piece)) return unspacedTerms(piece);
  const terms = new Set<number>();
  const command = /^\\[A-Za-z]+/.exec(piece)?.[0];
  if (command !== undefined) {
    terms.add(writtenTerm(command));
    terms.add(wordTerm(command.slice(1)));
  }
  for (const [decimal] of piece.matchAll(/\d+\.\d+/g)) terms.add(writtenTerm(decimal));
  for (const [grouped] of piece.matchAll(/\d{1,3}(?:,\d{3})+(?!\d)/g))
    terms.add(writtenTerm(grouped.replaceAll(",", "")));
  if (piece.includes("_")) terms.add(writtenTerm(piece.replace(/^\\/, "")));
  for (const word of piece.split(/[\\.,_]+/)) if (word !== "") terms.add(wordTerm(word));
  return [...terms];
}

/** Whether a piece is text without spaces. */
export function isUnspaced(piece: string): boolean {
  return STARTS_UNSPACED.test(piece);
}

/** Single characters and pairs: nothing tells where a word begins. */
export function unspacedTerms(text: string): number[] {
  const terms: number[] = [];
  let before = "";
  for (const character of text) {
    terms.push(hashTerm(character));
    if (before !== "") terms.push(hashTerm(before + character));
    before = character;
  }
  return terms;
}

/** The term of a word or number: its English stem where it has one. */
export function wordTerm(text: string): number {
  const word = normalise(text);
  return hashTerm(/^[a-z]{3,40}$/.test(word) ? stemmer(word) : word);
}

/** The term of what is found only as written: `x_1`, `\frac`, `3.14`. */
export function writtenTerm(text: string): number {
  return hashTerm(normalise(text));
}

function normalise(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** 32 bits: FNV-1a over UTF-16 units, mixed as MurmurHash3 ends. */
function hashTerm(term: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

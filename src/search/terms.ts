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
const cache = new Map<string, Piece>();

/** A stretch of text that is found as one. */
export interface Piece {
  /** What it is found by. */
  terms: readonly number[];
  /** The terms of its words one after the other; undefined for text without spaces. */
  words?: readonly number[];
}

/** Calls back for each piece of the text that can be found; stops when the answer is false. */
export function forEachPiece(
  text: string,
  visit: (piece: Piece, start: number, end: number) => unknown,
): void {
  const pattern = NON_ASCII.test(text) ? PIECE : ASCII_PIECE;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [piece] = match;
    const { lastIndex } = pattern;
    if (visit(readPiece(piece), match.index, lastIndex) === false) return;
    pattern.lastIndex = lastIndex;
  }
}

function readPiece(text: string): Piece {
  if (text.length > MAX_CACHED_LENGTH) return analysePiece(text);
  let piece = cache.get(text);
  if (piece === undefined) {
    piece = analysePiece(text);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, piece);
  }
  return piece;
}

function analysePiece(piece: string): Piece {
  if (isUnspaced(piece)) return { terms: unspacedTerms(piece) };
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
  const words = piece
    .split(/[\\.,_]+/)
    .filter((word) => word !== "")
    .map(wordTerm);
  for (const word of words) terms.add(word);
  return { terms: [...terms], words };
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

/** Bits of a pair's number: in 4 KB of text one pair in 7,500 is another's double, in 48 KB one in 1,000. */
export const PAIR_BITS = 22;

/** The number that two words one after the other are found by, from their terms. */
export function pairOf(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ second;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> (32 - PAIR_BITS);
}

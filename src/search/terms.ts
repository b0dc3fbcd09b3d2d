// What traces are found by: numbers that stand for words, for words side by side, and for values of a trace.
// Documents and queries go through the same.
import { stemmer } from "stemmer";
import { UNSPACED } from "./characters.ts";

/**
 * Numbers below 2³¹, the upper ones of which stand for words side by side. There are many more of these, so they share
 * fewer numbers, which takes less room: of 4 KB of text one in 7,500 is another's double, of 48 KB one in 1,000.
 */
const SHINGLE_BITS = 23;
const FIRST_SHINGLE = 2 ** 31 - 2 ** SHINGLE_BITS;

const STARTS_UNSPACED = new RegExp(`^${UNSPACED}`, "v");

/** A stretch of text that is found as one. */
export interface Piece {
  /** What it is found by. */
  terms: readonly number[];
  /** The terms of its words one after the other; undefined for text without spaces. */
  words?: readonly number[];
}

export function readPiece(piece: string): Piece {
  const { forms, words } = formsOf(piece);
  const terms = forms.map(hashTerm);
  return words === undefined ? { terms } : { terms, words: words === forms ? terms : words.map(hashTerm) };
}

/** Whether the piece is found by this very word, and not by another that has the same term. */
export function hasForm(piece: string, form: string): boolean {
  return isUnspaced(piece) ? piece.includes(form) : formsOf(piece).forms.includes(form);
}

/** What a piece is found by, in the form in which texts are compared, and its words one after the other. */
function formsOf(piece: string): { forms: readonly string[]; words?: readonly string[] } {
  if (isUnspaced(piece)) return { forms: unspacedForms(piece) };
  if (!/[\\.,_]/.test(piece)) {
    const words = [wordForm(piece)];
    return { forms: words, words };
  }
  const forms = new Set<string>();
  const command = /^\\[A-Za-z]+/.exec(piece)?.[0];
  if (command !== undefined) {
    forms.add(normalise(command));
    forms.add(wordForm(command.slice(1)));
  }
  for (const [decimal] of piece.matchAll(/\d+\.\d+/g)) forms.add(normalise(decimal));
  for (const [grouped] of piece.matchAll(/\d{1,3}(?:,\d{3})+(?!\d)/g))
    forms.add(normalise(grouped.replaceAll(",", "")));
  if (piece.includes("_")) forms.add(normalise(piece.replace(/^\\/, "")));
  const words = piece
    .split(/[\\.,_]+/)
    .filter((word) => word !== "")
    .map(wordForm);
  for (const word of words) forms.add(word);
  return { forms: [...forms], words };
}

/** Whether a piece is text without spaces. */
export function isUnspaced(piece: string): boolean {
  return STARTS_UNSPACED.test(piece);
}

/** Single characters and pairs: nothing tells where a word begins. */
function unspacedForms(text: string): string[] {
  const forms: string[] = [];
  let before = "";
  for (const character of text) {
    forms.push(character);
    if (before !== "") forms.push(before + character);
    before = character;
  }
  return forms;
}

export function unspacedTerms(text: string): number[] {
  return unspacedForms(text).map(hashTerm);
}

/** A word or number as it is compared: by its English stem where it has one. */
export function wordForm(text: string): string {
  const word = normalise(text);
  return /^[a-z]{3,40}$/.test(word) ? stemmer(word) : word;
}

export function wordTerm(text: string): number {
  return hashTerm(wordForm(text));
}

/** The term of what is found only as written: `x_1`, `\frac`, `3.14`. */
export function writtenTerm(text: string): number {
  return hashTerm(normalise(text));
}

/** The term of what is not text: a source, a model, a tag. No word has an equals sign in it. */
export function valueTerm(value: string): number {
  return hashTerm(`=${value}`);
}

/** The term of two words one after the other, from their terms. */
export function pairTerm(first: number, second: number): number {
  return FIRST_SHINGLE + (mix(first, second) >>> (32 - SHINGLE_BITS));
}

/** The same of three words. */
export function tripleTerm(first: number, second: number, third: number): number {
  return FIRST_SHINGLE + (mix(mix(first, second), third) >>> (32 - SHINGLE_BITS));
}

function normalise(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** FNV-1a over UTF-16 units, mixed as MurmurHash3 ends. */
function hashTerm(term: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  return (finishHash(hash) >>> 0) % FIRST_SHINGLE;
}

function mix(first: number, second: number): number {
  return finishHash(Math.imul(first, 0x9e3779b1) ^ second);
}

function finishHash(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

// Cuts a text into the pieces that can be found: words, numbers with points and commas, LaTeX commands with what is
// glued to them, and text without spaces.
import { isOfWord, Kind, kindAt, type Units, unitsOf } from "./characters.ts";
import { PieceCache } from "./piece-cache.ts";
import type { Piece } from "./terms.ts";

const POINT = 0x2e;
const COMMA = 0x2c;

/** Vocabulary repeats: most pieces have been met before. */
const cache = new PieceCache();

/** Calls back for each piece of the text; stops when the answer is false. */
export function forEachPiece(
  text: string,
  visit: (piece: Piece, start: number, end: number) => unknown,
): void {
  const units = unitsOf(text);
  for (let start = 0; start < text.length; ) {
    const end = endOfPiece(units, start);
    if (end === start) {
      start++;
      continue;
    }
    if (visit(cache.read(text, units, start, end), start, end) === false) return;
    start = end;
  }
}

/** `start` itself where no piece begins. */
function endOfPiece(units: Units, start: number): number {
  const kind = kindAt(units, start);
  if (isOfWord(kind)) {
    const end = endOfWord(units, start);
    return kind === Kind.asciiDigit ? endOfNumber(units, start, end) : end;
  }
  if (kind === Kind.unspaced) return endOfKind(units, start, Kind.unspaced);
  const isCommand = kind === Kind.backslash && kindAt(units, start + 1) === Kind.asciiLetter;
  return isCommand ? endOfWord(units, start + 1) : start;
}

function endOfWord(units: Units, start: number): number {
  let end = start + 1;
  while (isOfWord(kindAt(units, end))) end++;
  return end;
}

function endOfKind(units: Units, start: number, kind: number): number {
  let end = start;
  while (kindAt(units, end) === kind) end++;
  return end;
}

/** Digits go on after a point or a comma that digits follow, unless a word goes on there: `3.14`, not `3.14abc`. */
function endOfNumber(units: Units, start: number, endOfDigits: number): number {
  if (endOfKind(units, start, Kind.asciiDigit) < endOfDigits) return endOfDigits;
  let end = endOfDigits;
  for (let at = endOfDigits; isSeparator(units[at]); ) {
    const next = endOfKind(units, at + 1, Kind.asciiDigit);
    if (next === at + 1) break;
    if (!isOfWord(kindAt(units, next))) end = next;
    at = next;
  }
  return end;
}

const isSeparator = (unit: number | undefined) => unit === POINT || unit === COMMA;

import { expect, test } from "vitest";
import { createRandom } from "../../test/support/random-json.ts";
import { UNSPACED, WORD } from "./characters.ts";
import { forEachPiece } from "./pieces.ts";
import { readPiece } from "./terms.ts";

/** What is a piece, as a regular expression says it. */
const PIECE = new RegExp(`\\\\[A-Za-z]+${WORD}*|\\d+(?:[.,]\\d+)+(?!${WORD})|${WORD}+|${UNSPACED}+`, "gv");

const bits = "a x Q _ 1 23 . , é É ß 𝒙 🧮 最 小 ー 한 ก ’ − ½ ٣ ́ \\ \\frac { } \n"
  .split(" ")
  .concat(" ", "supercalifragilistic");

test("texts are cut into the pieces that the regular expression finds, each with its own terms", () => {
  const random = createRandom(7);
  for (let round = 0; round < 5_000; round++) {
    const text = Array.from({ length: random.below(12) }, () => random.pick(bits)).join("");
    const expected = [...text.matchAll(PIECE)].map(([piece], index) => [piece, index]);
    const found: [string, number][] = [];
    forEachPiece(text, (piece, start, end) => {
      const cut = text.slice(start, end);
      found.push([cut, found.length]);
      expect(piece, JSON.stringify(cut)).toEqual(readPiece(cut));
    });
    expect(found, JSON.stringify(text)).toEqual(expected);
  }
});

test("more words than are kept in mind are told apart", () => {
  const words = Array.from({ length: 140_000 }, (_, number) => `w${number.toString(36)}x`);
  const read = (text: string) => {
    const terms: number[] = [];
    forEachPiece(text, (piece) => terms.push(...piece.terms));
    return terms;
  };
  const text = words.join(" ");
  const expected = words.flatMap((word) => readPiece(word).terms);
  expect(read(text)).toEqual(expected);
  expect(read(text.toUpperCase())).toEqual(expected);
});

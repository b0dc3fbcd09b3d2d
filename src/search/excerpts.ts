// Short parts of a trace's texts around what was found.
import type { SearchExcerpt } from "../contract/search.ts";
import type { Clause, SearchQuery } from "./parse-query.ts";
import { forEachPiece } from "./pieces.ts";
import { hasForm, isUnspaced } from "./terms.ts";
import type { TraceText } from "./trace-texts.ts";
import { withoutHalves } from "./without-halves.ts";
import type { Span } from "./written.ts";

const MAX_EXCERPTS = 3;
/** Characters before the first hit, and in all. */
const LEAD = 40;
const LENGTH = 160;

/** The first excerpt of each text with a hit, up to three; none when nothing is found. */
export function makeExcerpts(query: SearchQuery, texts: Iterable<TraceText>): SearchExcerpt[] {
  const clauses = query.flatMap(({ wanted }) => wanted);
  const excerpts: SearchExcerpt[] = [];
  for (const { text, ...where } of texts) {
    const hits = findHits(clauses, text);
    if (hits.length === 0) continue;
    excerpts.push({
      ...where,
      parts: cutParts(text, hits),
    });
    if (excerpts.length === MAX_EXCERPTS) break;
  }
  return excerpts;
}

/** Hits from the first one on, as far as an excerpt reaches; in order, none within another. */
function findHits(clauses: readonly Clause[], text: string): Span[] {
  const hits: Span[] = [];
  const words = new Map(clauses.flatMap(({ word, terms }) => (word === undefined ? [] : [[terms[0], word]])));
  if (words.size > 0) {
    forEachPiece(text, ({ terms }, start, end) => {
      const found = terms.flatMap((term) => words.get(term) ?? []);
      if (found.length > 0) hits.push(...hitsInPiece(text, start, end, found));
      return hits.length === 0 || start < (hits[0]?.start ?? 0) + LENGTH;
    });
  }
  for (const { written } of clauses) {
    const first = written?.find(text);
    for (let hit = first; hit && hit.start < (first?.start ?? 0) + LENGTH; hit = written?.find(text, hit.end))
      hits.push(hit);
  }
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  return hits.filter((hit, index) => hits.slice(0, index).every(({ end }) => end <= hit.start));
}

/** In text without spaces a piece is long: only the characters that were asked for are the hit. */
function hitsInPiece(text: string, start: number, end: number, words: readonly string[]): Span[] {
  const piece = text.slice(start, end);
  if (!isUnspaced(piece)) return words.some((word) => hasForm(piece, word)) ? [{ start, end }] : [];
  return [...new Set(words)].flatMap((character) => {
    const hits: Span[] = [];
    const first = piece.indexOf(character);
    for (let at = first; at !== -1 && at < first + LENGTH; at = piece.indexOf(character, at + 1))
      hits.push({ start: start + at, end: start + at + character.length });
    return hits;
  });
}

function cutParts(text: string, hits: readonly Span[]): SearchExcerpt["parts"] {
  const [first] = hits as [Span];
  const start = wordStart(text, Math.max(0, first.start - LEAD), first.start);
  const end = Math.max(first.end, Math.min(text.length, start + LENGTH));
  const parts: SearchExcerpt["parts"] = [];
  const add = (part: string, isHit: boolean) => {
    const whole = withoutHalves(part);
    if (whole !== "") parts.push(isHit ? { text: whole, hit: true } : { text: whole });
  };
  let at = start;
  if (start > 0) add("…", false);
  for (const hit of hits) {
    if (hit.end > end) break;
    add(text.slice(at, hit.start), false);
    add(text.slice(hit.start, hit.end), true);
    at = hit.end;
  }
  add(text.slice(at, end), false);
  if (end < text.length) add("…", false);
  return parts;
}

function wordStart(text: string, from: number, hit: number): number {
  if (from === 0) return 0;
  const space = text.slice(from, hit).search(/\s/);
  return space === -1 ? from : from + space + 1;
}

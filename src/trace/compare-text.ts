// What changed between two texts, word by word as far as that can be afforded.
import { diffWordsWithSpace } from "diff";
import type { TextDifference, TextPart } from "../contract/compare.ts";

/** Differing words of one text; beyond, finding the shortest way between two texts takes over 30 ms. */
const MAX_EDITS = 300;

/**
 * What all texts of one comparison may cost together. The search visits up to edits² / 2 places, 0.6 µs each,
 * and reads every character once: this much is about a second.
 */
const MAX_COST = 3_000_000;

export class DiffBudget {
  #left = MAX_COST;

  /** The edits that can still be looked for in texts of this length; 0 when none can. */
  takeEdits(characters: number): number {
    this.#left -= characters / 20;
    return Math.max(0, Math.min(MAX_EDITS, Math.floor(Math.sqrt(Math.max(0, this.#left)))));
  }

  spend(edits: number): void {
    this.#left -= edits ** 2;
  }
}

export function compareText(base: string, other: string, budget: DiffBudget): TextDifference {
  const [start, end] = commonEnds(base, other);
  const middle = differMiddle(
    base.slice(start, base.length - end),
    other.slice(start, other.length - end),
    budget,
  );
  const parts = [
    { op: "equal", text: base.slice(0, start) },
    ...middle.parts,
    { op: "equal", text: base.slice(base.length - end) },
  ] satisfies TextPart[];
  return { by: middle.by, parts: merge(parts) };
}

function differMiddle(base: string, other: string, budget: DiffBudget): TextDifference {
  const whole: TextPart[] = [
    { op: "removed", text: base },
    { op: "added", text: other },
  ];
  // Where one has nothing there, words could tell no more.
  if (base === "" || other === "") return { by: "words", parts: whole };
  const maxEditLength = budget.takeEdits(base.length + other.length);
  const changes = maxEditLength === 0 ? undefined : diffWordsWithSpace(base, other, { maxEditLength });
  if (changes === undefined) {
    budget.spend(maxEditLength);
    return { by: "ends", parts: whole };
  }
  budget.spend(changes.reduce((sum, { added, removed, count }) => sum + (added || removed ? count : 0), 0));
  const parts = changes.map(
    ({ added, removed, value }): TextPart => ({
      op: added ? "added" : removed ? "removed" : "equal",
      text: value,
    }),
  );
  return { by: "words", parts };
}

/** How many UTF-16 units both begin and end with, cut between words and characters. */
function commonEnds(base: string, other: string): [start: number, end: number] {
  const shorter = Math.min(base.length, other.length);
  let start = 0;
  while (start < shorter && base.charCodeAt(start) === other.charCodeAt(start)) start++;
  if (start < Math.max(base.length, other.length)) while (start > 0 && isInside(base, other, start)) start--;
  let end = 0;
  const left = shorter - start;
  while (end < left && base.charCodeAt(base.length - 1 - end) === other.charCodeAt(other.length - 1 - end))
    end++;
  while (end > 0 && (isWithin(base, base.length - end) || isWithin(other, other.length - end))) end--;
  return [start, end];
}

function isInside(base: string, other: string, at: number): boolean {
  return isWithin(base, at) || isWithin(other, at);
}

/** Whether a cut before this place would part a word of Latin letters, or a surrogate pair. */
function isWithin(text: string, at: number): boolean {
  return /^([\w\u00c0-\u024f]{2}|[\ud800-\udbff][\udc00-\udfff])$/.test(text.slice(at - 1, at + 1));
}

function merge(parts: readonly TextPart[]): TextPart[] {
  const merged: TextPart[] = [];
  for (const { op, text } of parts) {
    const last = merged.at(-1);
    if (text === "") continue;
    if (last?.op === op) last.text += text;
    else merged.push({ op, text });
  }
  return merged;
}

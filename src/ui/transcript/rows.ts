// Sections cut into rows that a virtual list can show: long ones folded, and unfolded ones in parts of bounded size.
import type { Section } from "./sections.ts";

/** A section longer than this is folded: it shows its beginning and its length. */
export const FOLD_OVER = 2_400;
export const FOLDED = 1_200;
/** A part is about so long; it ends where a paragraph does, if one does. */
export const PART = 4_000;

export interface Row {
  /** Place of its section in the list. */
  at: number;
  text: string;
  /** Where the text begins in that of its section. */
  from: number;
  isFirst: boolean;
  isLast: boolean;
  /** Characters that folding hides. */
  hidden: number;
}

export const isLong = ({ text }: Section) => text.length > FOLD_OVER;

export function toRows(sections: readonly Section[], unfolded: ReadonlySet<string>): Row[] {
  return sections.flatMap((section, at) => {
    if (!isLong(section)) return [whole(section, at)];
    if (unfolded.has(section.key)) return partsOf(section, at);
    const text = section.text.slice(0, cutBefore(section.text, 0, FOLDED));
    return [{ ...whole(section, at), text, hidden: section.text.length - text.length }];
  });
}

function whole({ text }: Section, at: number): Row {
  return { at, text, from: 0, isFirst: true, isLast: true, hidden: 0 };
}

function partsOf({ text, isCode }: Section, at: number): Row[] {
  const rows: Row[] = [];
  let from = 0;
  while (from < text.length) {
    const rest = text.length - from;
    const end = rest <= PART * 1.5 ? text.length : isCode ? lineEnd(text, from) : cutBefore(text, from, PART);
    rows.push({
      at,
      text: text.slice(from, end),
      from,
      isFirst: from === 0,
      isLast: end === text.length,
      hidden: 0,
    });
    from = end;
  }
  return rows;
}

function lineEnd(text: string, from: number): number {
  const end = text.lastIndexOf("\n", from + PART);
  return end > from ? end + 1 : from + PART;
}

/** Where to cut, `size` characters from `from` at the latest: after a paragraph, else a line, else a word. */
export function cutBefore(text: string, from: number, size: number): number {
  const limit = from + size;
  for (const border of ["\n\n", "\n", " "]) {
    const end = text.lastIndexOf(border, limit - border.length);
    if (end > from + size / 2 && isOutsideFence(text, from, end)) return end + border.length;
  }
  // Never between the halves of a character.
  return /[\ud800-\udbff]/.test(text[limit - 1] ?? "") ? limit - 1 : limit;
}

/** A fence of code that is cut open would turn all prose after it into code. */
function isOutsideFence(text: string, from: number, end: number): boolean {
  return ((text.slice(from, end).match(/^```/gm) ?? []).length & 1) === 0;
}

/** The row that holds a place of a section's text. */
export function rowOf(rows: readonly Row[], at: number, place: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const row = rows[middle] as Row;
    if (row.at < at || (row.at === at && row.from <= place)) low = middle;
    else high = middle - 1;
  }
  return low;
}

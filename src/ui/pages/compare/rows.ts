// Pairs cut into rows that a virtual list can show: both sides of a row hold what belongs together, neither too much.
import { cutBefore, FOLD_OVER, FOLDED, PART } from "../../transcript/rows.ts";
import type { Pair, Stretch } from "./pairs.ts";

/** Texts of one side: what both have, and what only this one has. */
export interface Piece {
  isEqual: boolean;
  text: string;
}

export interface TextRow {
  kind: "text";
  key: string;
  pair: Pair;
  base: Piece[];
  other: Piece[];
  isFirst: boolean;
  isLast: boolean;
  /** Whether the pair is long enough to be folded. */
  isLong: boolean;
  /** Characters of the longer side that folding hides. */
  hidden: number;
}

export type CompareRow =
  | { kind: "facts"; key: string }
  | TextRow
  /** In the place of pairs that are equal and left out. */
  | { kind: "left-out"; key: string; pairs: number };

export interface RowChoices {
  /** Keys of long pairs that are shown whole, and of places where what was left out is shown. */
  unfolded: ReadonlySet<string>;
  isHidingEqual: boolean;
}

export function toRows(pairs: readonly Pair[], { unfolded, isHidingEqual }: RowChoices): CompareRow[] {
  const rows: CompareRow[] = [];
  const isShown = ({ op, base }: Pair) => !isHidingEqual || op !== "equal" || base?.kind === "answer";
  for (let at = 0; at < pairs.length; ) {
    const pair = pairs[at] as Pair;
    let end = at;
    while (end < pairs.length && !isShown(pairs[end] as Pair)) end++;
    const key = `left-out-${pair.key}`;
    if (end > at && !unfolded.has(key)) {
      rows.push({ kind: "left-out", key, pairs: end - at });
      at = end;
      continue;
    }
    for (const each of pairs.slice(at, Math.max(end, at + 1))) rows.push(...textRows(each, unfolded));
    at = Math.max(end, at + 1);
  }
  // The answers, then what is known of the traces, then their texts.
  const first = rows.findIndex((row) => !(row.kind === "text" && isAnswer(row.pair)));
  rows.splice(first === -1 ? rows.length : first, 0, { kind: "facts", key: "facts" });
  return rows;
}

function isAnswer({ base, other }: Pair): boolean {
  return (base ?? other)?.kind === "answer";
}

function textRows(pair: Pair, unfolded: ReadonlySet<string>): TextRow[] {
  const length = Math.max(pair.base?.text.length ?? 0, pair.other?.text.length ?? 0);
  const isLong = length > FOLD_OVER;
  const isFolded = isLong && !unfolded.has(pair.key);
  const chunks = isFolded
    ? [cut(pair.stretches, FOLDED).next().value as Chunk]
    : isLong
      ? [...cut(pair.stretches, PART)]
      : [whole(pair.stretches)];
  return chunks.map(
    (chunk, at): TextRow => ({
      kind: "text",
      key: `${pair.key}+${at}`,
      pair,
      ...chunk,
      isFirst: at === 0,
      isLast: at === chunks.length - 1,
      isLong,
      hidden: isFolded ? length - Math.max(lengthOf(chunk.base), lengthOf(chunk.other)) : 0,
    }),
  );
}

interface Chunk {
  base: Piece[];
  other: Piece[];
}

function whole(stretches: readonly Stretch[]): Chunk {
  return cut(stretches, Number.POSITIVE_INFINITY).next().value as Chunk;
}

/** Chunks of which neither side is longer than `size`; what both have stands in the same chunk. At least one. */
function* cut(stretches: readonly Stretch[], size: number): Generator<Chunk> {
  let chunk: Chunk = { base: [], other: [] };
  let left = { base: size, other: size };
  for (const stretch of stretches) {
    let rest = stretch.op === "equal" ? { base: stretch.text, other: stretch.text } : stretch;
    const isEqual = stretch.op === "equal";
    for (;;) {
      const room = isEqual ? Math.min(left.base, left.other) : undefined;
      const base = take(rest.base, room ?? left.base);
      const other = isEqual ? base : take(rest.other, room ?? left.other);
      if (base !== "") chunk.base.push({ isEqual, text: base });
      if (other !== "") chunk.other.push({ isEqual, text: other });
      left = { base: left.base - base.length, other: left.other - other.length };
      rest = { op: "different", base: rest.base.slice(base.length), other: rest.other.slice(other.length) };
      if (rest.base === "" && rest.other === "") break;
      yield chunk;
      chunk = { base: [], other: [] };
      left = { base: size, other: size };
    }
  }
  yield chunk;
}

function take(text: string, room: number): string {
  return text.length <= room ? text : room <= 1 ? "" : text.slice(0, cutBefore(text, 0, room));
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
}

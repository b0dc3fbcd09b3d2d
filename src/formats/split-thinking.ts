// A long text to steps: at blank lines; a stretch without any at its sentences; never inside a fenced block.

/** In UTF-8 bytes, which weigh a Chinese or Japanese character about as much as the half word it stands for. */
const LONG_BYTES = 2_000;
const SHORT_BYTES = 200;
/** The contract's limit on a step's content. */
const MAX_LENGTH = 1_000_000;

const BLANK_LINE = /\n\s*\n/g;
const FENCE = /^[ \t]*(`{3,}|~{3,})/gm;
/**
 * A sentence's end with the space behind it: Western, Chinese and Japanese, a line's end, and, because some
 * captures have lost their line ends, a stop with the next sentence's capital right behind it.
 */
const SENTENCE_END =
  /[.!?…]["'”’)\]]{0,4}\s+|[。！？；…]["'”’」』）]{0,4}\s*|\n\s*|[a-z)\]"'”][.!?](?=[A-Z][a-z' ])/g;

interface Range {
  start: number;
  end: number;
}

/**
 * Cuts a text into pieces that, joined, are the text again. A piece keeps the white space behind it; none is
 * blank, unless the text is. Takes time linear in the text's length.
 */
export function splitThinking(text: string): string[] {
  const fences = findFences(text);
  const paragraphs = split({ start: 0, end: text.length }, cuts(text, BLANK_LINE, fences));
  const pieces = paragraphs.flatMap((paragraph) => splitLong(text, paragraph, fences));
  return pieces.flatMap(({ start, end }) => cutToLimit(text.slice(start, end)));
}

/** Pieces no longer than a step may be, cut between code points. */
export function cutToLimit(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + MAX_LENGTH, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function isHighSurrogate(char: number): boolean {
  return char >= 0xd800 && char <= 0xdbff;
}

/** Fenced blocks, in order; a fence that nothing closes is none, or all behind it would stay one piece. */
function findFences(text: string): Range[] {
  const fences: Range[] = [];
  let open: { start: number; mark: string } | undefined;
  for (const match of text.matchAll(FENCE)) {
    const mark = match[1] as string;
    if (open === undefined) open = { start: match.index, mark };
    else if (mark.startsWith(open.mark)) {
      fences.push({ start: open.start, end: match.index + match[0].length });
      open = undefined;
    }
  }
  return fences;
}

/** Where the pattern's matches end, within the range and outside fences; text stands on both sides of each. */
function* cuts(text: string, pattern: RegExp, fences: Range[], range?: Range): Generator<number> {
  const { start, end } = range ?? { start: 0, end: text.length };
  const matcher = new RegExp(pattern);
  matcher.lastIndex = start;
  let fence = firstEndingAfter(fences, start);
  let hasText = false;
  for (let match = matcher.exec(text); match !== null; match = matcher.exec(text)) {
    const cut = match.index + match[0].length;
    if (cut >= end) return;
    while ((fences[fence]?.end ?? Number.POSITIVE_INFINITY) <= match.index) fence++;
    const isFenced = (fences[fence]?.start ?? Number.POSITIVE_INFINITY) < cut;
    hasText ||= match[0].trim() !== "" || text.slice(start, match.index).trim() !== "";
    if (hasText && !isFenced) yield cut;
  }
}

/** Fences come in order, and so each is found by halving: a text may have thousands of both. */
function firstEndingAfter(fences: Range[], position: number): number {
  let low = 0;
  for (let high = fences.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((fences[middle] as Range).end <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function split({ start, end }: Range, at: Iterable<number>): Range[] {
  const ranges: Range[] = [];
  let from = start;
  for (const cut of at) {
    ranges.push({ start: from, end: cut });
    from = cut;
  }
  ranges.push({ start: from, end });
  return ranges;
}

function splitLong(text: string, range: Range, fences: Range[]): Range[] {
  if (byteLength(text, range) <= LONG_BYTES) return [range];
  const sentences = split(range, cuts(text, SENTENCE_END, fences, range));
  const pieces: Range[] = [];
  let bytes = SHORT_BYTES;
  for (const sentence of sentences) {
    const last = pieces.at(-1);
    if (last !== undefined && bytes < SHORT_BYTES) last.end = sentence.end;
    else {
      pieces.push({ ...sentence });
      bytes = 0;
    }
    bytes += byteLength(text, sentence);
  }
  const [previous, last] = pieces.slice(-2);
  if (previous !== undefined && last !== undefined && bytes < SHORT_BYTES) {
    previous.end = last.end;
    pieces.pop();
  }
  return pieces;
}

function byteLength(text: string, { start, end }: Range): number {
  return Buffer.byteLength(text.slice(start, end));
}

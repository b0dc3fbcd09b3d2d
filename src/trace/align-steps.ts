// Which steps of two traces belong together: equal ones first, then between those the ones most alike.
import { diffArrays } from "diff";
import type { Trace11 } from "../contract/trace.ts";

export type Step = Trace11["steps"][number];

/** Places of two steps that belong together, or of one that stands alone. */
export interface Pair {
  base?: number;
  other?: number;
}

/** Steps that differ; beyond, looking for the shortest way between the traces takes over 100 ms. */
const MAX_EDITS = 600;
/** Pairs of steps that are compared with each other in all, at 20 µs each. */
const MAX_COMPARED = 10_000;
const COMPARED_CHARACTERS = 4_000;
/** Of the words of two steps, the share they must have in common to count as one step changed. */
const MIN_LIKENESS = 0.4;

export function alignSteps(
  base: readonly Step[],
  other: readonly Step[],
): { pairs: Pair[]; isCoarse: boolean } {
  const words = { base: base.map(lazyWords), other: other.map(lazyWords) };
  let compared = MAX_COMPARED;
  let isCoarse = false;
  /** Between two equal steps: those in order that are alike, or where they are too many those at the same place. */
  const alignGap = (gap: Gap): Pair[] => {
    const likeness = (i: number, j: number) => likenessOf(words.base[i]?.(), words.other[j]?.());
    const size = (gap.baseEnd - gap.base) * (gap.otherEnd - gap.other);
    compared -= size;
    if (compared >= 0) return pairAlike(gap, likeness);
    compared += size;
    isCoarse = true;
    return pairByPlace(gap, likeness);
  };

  const changes = findEqual(base.map(contentKey), other.map(contentKey));
  isCoarse = changes === undefined;
  const pairs: Pair[] = [];
  const gap: Gap = { base: 0, baseEnd: 0, other: 0, otherEnd: 0 };
  for (const { added, removed, count } of changes ?? [
    { added: false, removed: true, count: base.length },
    { added: true, removed: false, count: other.length },
  ]) {
    if (removed) gap.baseEnd += count;
    else if (added) gap.otherEnd += count;
    else {
      pairs.push(...alignGap(gap));
      for (let i = 0; i < count; i++) pairs.push({ base: gap.baseEnd + i, other: gap.otherEnd + i });
      gap.base = gap.baseEnd += count;
      gap.other = gap.otherEnd += count;
    }
  }
  pairs.push(...alignGap(gap));
  return { pairs, isCoarse };
}

/** What two equal steps have in common: everything but where and under what number they stand. */
export function whatIsSaid({ i: _i, turn: _turn, call_id: _callId, ...said }: Step): Record<string, unknown> {
  return said;
}

export function contentKey(step: Step): string {
  const entries = Object.entries(whatIsSaid(step)).filter(([, value]) => value !== null);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined where too much differs. */
function findEqual(base: string[], other: string[]) {
  const numbers = new Map<string, number>();
  for (const key of [...base, ...other]) if (!numbers.has(key)) numbers.set(key, numbers.size);
  const numbered = (keys: string[]) => keys.map((key) => numbers.get(key));
  return diffArrays(numbered(base), numbered(other), { maxEditLength: MAX_EDITS });
}

interface Gap {
  base: number;
  baseEnd: number;
  other: number;
  otherEnd: number;
}

/** The pairs in order whose likeness sums up to the most. */
function pairAlike(gap: Gap, likeness: (i: number, j: number) => number): Pair[] {
  const rows = gap.baseEnd - gap.base;
  const columns = gap.otherEnd - gap.other;
  const likenesses = new Float64Array(rows * columns);
  // best[i][j]: the most that the steps from i and from j on can sum up to.
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const alike = likeness(gap.base + i, gap.other + j);
      likenesses[i * columns + j] = alike;
      const paired = alike >= MIN_LIKENESS ? alike + (best[(i + 1) * width + j + 1] ?? 0) : 0;
      best[i * width + j] = Math.max(paired, best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
    }
  }
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < rows || j < columns) {
    const alike = i < rows && j < columns ? (likenesses[i * columns + j] ?? 0) : 0;
    const here = best[i * width + j];
    if (alike >= MIN_LIKENESS && here === alike + (best[(i + 1) * width + j + 1] ?? 0))
      pairs.push({ base: gap.base + i++, other: gap.other + j++ });
    else if (j === columns || (i < rows && here === best[(i + 1) * width + j]))
      pairs.push({ base: gap.base + i++ });
    else pairs.push({ other: gap.other + j++ });
  }
  return pairs;
}

function pairByPlace(gap: Gap, likeness: (i: number, j: number) => number): Pair[] {
  const pairs: Pair[] = [];
  for (let place = 0; ; place++) {
    const [base, other] = [gap.base + place, gap.other + place];
    const [hasBase, hasOther] = [base < gap.baseEnd, other < gap.otherEnd];
    if (!hasBase && !hasOther) return pairs;
    if (hasBase && hasOther && likeness(base, other) >= MIN_LIKENESS) pairs.push({ base, other });
    else {
      if (hasBase) pairs.push({ base });
      if (hasOther) pairs.push({ other });
    }
  }
}

/** The words a step begins with, cut out when they are first asked for. Characters of other scripts are words. */
function lazyWords(step: Step): () => Set<string> {
  let words: Set<string> | undefined;
  return () => {
    words ??= new Set(step.content.slice(0, COMPARED_CHARACTERS).match(/[\w\u00c0-\u024f]+|[^\s\0-\u024f]/g));
    return words;
  };
}

function likenessOf(a: Set<string> = new Set(), b: Set<string> = new Set()): number {
  if (a.size + b.size === 0) return 1;
  const [fewer, more] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const word of fewer) if (more.has(word)) common++;
  return (2 * common) / (a.size + b.size);
}

import { pickTexts } from "./traces-search.ts";

/** What the address of a run says: which figures, and what is chosen of them. */
export interface RunSearch {
  /** The score's name; the reward, where the run has any, unless said. */
  score?: string | undefined;
  /** A rollout with this score or more is correct; 1 unless said. */
  threshold?: string | undefined;
  /** The k of pass@k, with commas between. */
  k?: string | undefined;
  /** A split, as `splitToAddress` writes it; the first one unless said. */
  split?: string | undefined;
  /** The training step; the last one unless said. */
  step?: string | undefined;
  /** An order of groups. */
  sort?: string | undefined;
  /** The group that is open. */
  group?: string | undefined;
  /** The trace that is read; the group's first unless said. */
  sample?: string | undefined;
  /** What is looked for in it. */
  find?: string | undefined;
  /** "table" shows the curve as a table. */
  view?: string | undefined;
}

export function readRunSearch(search: Record<string, unknown>): RunSearch {
  return pickTexts(search, [
    "score",
    "threshold",
    "k",
    "split",
    "step",
    "sort",
    "group",
    "sample",
    "find",
    "view",
  ]);
}

/** In an address, no split must be told from none said. A split of this name would be taken for it. */
const NO_SPLIT = "(none)";

export const splitToAddress = (split: string | null) => split ?? NO_SPLIT;

export const splitFromAddress = (text: string): string | null => (text === NO_SPLIT ? null : text);

export const isNumber = (text: string) => text !== "" && Number.isFinite(Number(text));

export const thresholdFromAddress = (text = "") => (isNumber(text) ? Number(text) : 1);

import { pickTexts } from "./traces-search.ts";

/** What the address of a comparison of runs says. */
export interface RunComparisonSearch {
  base?: string | undefined;
  other?: string | undefined;
  /** Only this training step of the base, or of the other. */
  base_step?: string | undefined;
  other_step?: string | undefined;
  score?: string | undefined;
  split?: string | undefined;
  /** An order of prompts; the biggest changes first unless said. */
  sort?: string | undefined;
  /** Prompts that both have, unless "base" or "other". */
  show?: string | undefined;
}

export function readRunComparisonSearch(search: Record<string, unknown>): RunComparisonSearch {
  return pickTexts(search, ["base", "other", "base_step", "other_step", "score", "split", "sort", "show"]);
}

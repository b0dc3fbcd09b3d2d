import { pickTexts } from "./traces-search.ts";

/** What the address of a comparison says. */
export interface CompareSearch {
  /** The ids of the traces. */
  base?: string | undefined;
  other?: string | undefined;
  /** "whole" shows texts that differ as they are to be read, without marks at the words. */
  texts?: string | undefined;
  /** "hidden" leaves out what both have. */
  equal?: string | undefined;
}

export function readCompareSearch(search: Record<string, unknown>): CompareSearch {
  return pickTexts(search, ["base", "other", "texts", "equal"]);
}

import { pickTexts } from "./traces-search.ts";

export interface AddSearch {
  /** "hand" shows the editor for one trace. */
  by?: string | undefined;
}

export function readAddSearch(search: Record<string, unknown>): AddSearch {
  return pickTexts(search, ["by"]);
}

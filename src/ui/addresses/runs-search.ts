import { pickTexts } from "./traces-search.ts";

/** What the address of the list of runs says. */
export interface RunsSearch {
  /** "any" lists hidden runs as well. */
  hidden?: string | undefined;
}

export function readRunsSearch(search: Record<string, unknown>): RunsSearch {
  return pickTexts(search, ["hidden"]);
}

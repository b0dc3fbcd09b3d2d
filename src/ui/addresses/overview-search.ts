import { pickTexts } from "./traces-search.ts";

export interface OverviewSearch {
  /** The search bar's text: an overview of those traces alone. */
  query?: string | undefined;
}

export function readOverviewSearch(search: Record<string, unknown>): OverviewSearch {
  return pickTexts(search, ["query"]);
}

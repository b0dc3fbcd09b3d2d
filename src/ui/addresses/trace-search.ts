import { pickTexts } from "./traces-search.ts";

/** What the address of a trace says, besides the step after the "#". */
export interface TraceSearch {
  /** What is looked for in the trace. */
  find?: string | undefined;
  /** "json" shows the trace as it was sent. */
  view?: string | undefined;
}

export function readTraceSearch(search: Record<string, unknown>): TraceSearch {
  return pickTexts(search, ["find", "view"]);
}

// Which term of the search bar stands for a value of a field.
import type { FacetField } from "../../contract/stats.ts";
import type { Term } from "./edit-query.ts";

export interface FacetKind {
  field: FacetField;
  /** What stands over its values. */
  title: string;
  /** The parameter that holds one value of it, and hides the others from a count. */
  parameter?: string;
  canLeaveOut?: boolean;
}

export const facetKinds: readonly FacetKind[] = [
  { field: "source", title: "Source", parameter: "source", canLeaveOut: true },
  { field: "model", title: "Model", parameter: "model", canLeaveOut: true },
  { field: "run", title: "Run", parameter: "run", canLeaveOut: true },
  { field: "tag", title: "Tag", canLeaveOut: true },
  { field: "step_type", title: "Step type", parameter: "step_type" },
  { field: "finish_reason", title: "Finish reason", parameter: "finish_reason" },
  { field: "split", title: "Split", parameter: "split" },
  { field: "score", title: "Score" },
  { field: "meta", title: "Meta key" },
  { field: "version", title: "Version", parameter: "version" },
];

/** The term that finds traces with this value; undefined for a name that the search bar has no way to write. */
export function facetTerm(field: FacetField, value: string): Term | undefined {
  if (field === "score")
    return /^[^\s:"]+$/.test(value) ? { key: `score_status.${value}`, value: "ok" } : undefined;
  if (field === "meta") return { key: "has", value };
  return { key: field === "finish_reason" ? "finish" : field, value };
}

/** The field whose values may stand after a key. */
export function fieldOfKey(key: string): FacetField | undefined {
  if (key === "has") return "meta";
  if (key === "finish") return "finish_reason";
  return facetKinds.find(({ field }) => field === key && field !== "score" && field !== "meta")?.field;
}

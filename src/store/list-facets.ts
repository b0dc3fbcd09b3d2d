// The values a field has among the traces that match, with their counts: for completions and side bars.
import sql, { empty, raw, type Sql } from "sql-template-tag";
import { isContradictory } from "../contract/filters.ts";
import type { FacetField, Facets, FacetsQuery } from "../contract/stats.ts";
import type { Queryable } from "./database.ts";
import { countMatching, scaled } from "./matching-traces.ts";
import { findingConditions } from "./trace-filters.ts";

/** Facets stand beside a list and must not take longer than it does: less to look at where a list is quickest. */
const SAMPLE_ROWS = { everything: 2_000, filtered: 10_000 };

interface CountedField {
  /** The columns to count with. */
  columns: string;
  /** The values of the matching traces: a SELECT of `value`. */
  values: string;
  /** Rows to look at among all traces, where a row takes longer. */
  sampleRows?: number;
}

const fields: Record<FacetField, CountedField> = {
  source: column("source"),
  model: column("model"),
  split: column("split"),
  finish_reason: column("finish_reason"),
  version: column("trace_version"),
  // In the SELECT's list, not joined: that takes two thirds of the time.
  tag: { columns: "tags", values: "SELECT unnest(tags) AS value FROM matching" },
  step_type: { columns: "step_types", values: "SELECT unnest(step_types) AS value FROM matching" },
  run: { columns: "run_id", values: "SELECT name AS value FROM matching JOIN runs ON runs.id = run_id" },
  score: {
    columns: "traces.id AS trace_id",
    // Looked up trace by trace: joined, all scores might be read.
    values: `SELECT value FROM matching, LATERAL (
      SELECT DISTINCT name FROM scores WHERE scores.trace_id = matching.trace_id AND step_i IS NULL
    ) AS named (value)`,
    sampleRows: 500,
  },
  meta: {
    columns: "meta",
    values: "SELECT jsonb_object_keys(meta) AS value FROM matching",
    sampleRows: 1_000,
  },
};

function column(name: string): CountedField {
  return { columns: name, values: `SELECT ${name} AS value FROM matching` };
}

export async function listFacets(db: Queryable, query: FacetsQuery): Promise<Facets> {
  const { field, prefix, limit = 20, ...filters } = query;
  const { columns, values, sampleRows = SAMPLE_ROWS.everything } = fields[field];
  const pattern = prefix === undefined ? undefined : `${prefix.replace(/[\\%_]/g, "\\$&")}%`;
  const { q, ...others } = filters;
  const isFiltered = q !== undefined || findingConditions(others).length > 0 || pattern !== undefined;
  const { rows, share, isApproximate } = isContradictory(filters)
    ? { rows: [], share: 1, isApproximate: false }
    : await countMatching<{ value: string; count: number }>(db, {
        filters,
        condition: pattern === undefined ? undefined : prefixCondition(field, pattern),
        columns: raw(columns),
        counts: sql`
          SELECT value, count(*) FROM (${raw(values)}) AS named
          WHERE value IS NOT NULL ${pattern === undefined ? empty : sql`AND value LIKE ${pattern}`}
          GROUP BY value ORDER BY count(*) DESC, value LIMIT ${limit}`,
        sampleRows: isFiltered ? SAMPLE_ROWS.filtered : sampleRows,
      });
  return {
    data: rows.map(({ value, count }) => ({ value, count: scaled(count, share) })),
    approximate: isApproximate,
    sampled_share: share,
  };
}

/** Narrows traces to those with such a value, where an index knows its beginnings: then rare ones are found too. */
function prefixCondition(field: FacetField, pattern: string): { sql: Sql; isFinding: boolean } | undefined {
  if (field === "source" || field === "model")
    return { sql: sql`traces.${raw(field)} COLLATE "C" LIKE ${pattern}`, isFinding: true };
  if (field === "run")
    return { sql: sql`traces.run_id IN (SELECT id FROM runs WHERE name LIKE ${pattern})`, isFinding: true };
  return undefined;
}

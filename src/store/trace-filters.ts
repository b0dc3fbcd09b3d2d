// What the filters of lists and exports mean in SQL.
import sql, { type Sql } from "sql-template-tag";
import { toUtcText } from "../contract/instant.ts";
import type { TraceFilters } from "../contract/pages.ts";

/** Conditions on the columns of `traces`, all of which must hold; none selects every trace. */
export function filterConditions(filters: TraceFilters): Sql[] {
  const conditions: Sql[] = [];
  if (filters.version !== undefined) conditions.push(sql`trace_version = ${filters.version}`);
  if (filters.created_from !== undefined)
    conditions.push(sql`created_at >= ${toUtcText(filters.created_from)}::timestamptz`);
  if (filters.created_before !== undefined)
    conditions.push(sql`created_at < ${toUtcText(filters.created_before)}::timestamptz`);
  return conditions;
}

// Statistics over the traces that match.
import sql, { join, raw } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../contract/filters.ts";
import type { TraceStats } from "../contract/stats.ts";
import type { Queryable } from "./database.ts";
import { countMatching, scaled } from "./matching-traces.ts";

const SAMPLE_ROWS = 30_000;
/** Some 100 ms. */
const EXACT_UP_TO = 20_000;
const MAX_VALUES = 100;
/** More than a year of them. */
const MAX_DAYS = 400;
/** 0, then the powers of two up to the largest integer. */
const BOUNDS = [0, ...Array.from({ length: 31 }, (_, power) => 2 ** power)];

const COLUMNS = raw(
  "trace_version, run_id, source, model, tags, finish_reason, created_at, step_count, char_count, completion_tokens",
);

const fields = {
  version: "trace_version",
  source: "source",
  model: "model",
  finish_reason: "finish_reason",
  day: "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
};

const histograms = { steps: "step_count", chars: "char_count", tokens: "completion_tokens" };

const counted = [
  ...Object.entries(fields).map(
    ([field, value]) => `SELECT '${field}' AS field, ${value} AS value, count(*) FROM matching GROUP BY 2`,
  ),
  "SELECT 'run', (SELECT name FROM runs WHERE id = run_id), count FROM (SELECT run_id, count(*) FROM matching GROUP BY 1) AS by_run",
  "SELECT 'tag', tag, count(*) FROM matching, unnest(tags) AS tag GROUP BY 2",
  ...Object.entries(histograms).map(
    ([field, column]) =>
      `SELECT '${field}', width_bucket(${column}, ARRAY[${BOUNDS}])::text, count(*) FROM matching WHERE ${column} IS NOT NULL GROUP BY 2`,
  ),
].map((select) => raw(select));

const COUNTS = sql`
  SELECT field, value, count FROM (
    SELECT *, row_number() OVER (
      PARTITION BY field ORDER BY CASE WHEN field = 'day' THEN value END DESC, count DESC, value
    ) AS place
    FROM (${join(counted, " UNION ALL ")}) AS counted
  ) AS placed
  WHERE place <= CASE WHEN field = 'day' THEN ${MAX_DAYS}::int ELSE ${MAX_VALUES} END ORDER BY place`;

export async function countTraces(db: Queryable, filters: TraceFilters): Promise<TraceStats> {
  const counting = {
    filters,
    columns: COLUMNS,
    counts: COUNTS,
    sampleRows: SAMPLE_ROWS,
    exactUpTo: EXACT_UP_TO,
  };
  const { rows, traces, share, isApproximate } = isContradictory(filters)
    ? { rows: [], traces: 0, share: 1, isApproximate: false }
    : await countMatching<{ field: string; value: string | null; count: number }>(db, counting);
  const by = (field: string) =>
    rows
      .filter((row) => row.field === field)
      .map(({ value, count }) => ({ value, count: scaled(count, share) }));
  const histogram = (field: string) =>
    by(field)
      .map(({ value, count }) => ({ bucket: Number(value), count }))
      .sort((a, b) => a.bucket - b.bucket)
      .map(({ bucket, count }) => ({ from: BOUNDS[bucket - 1] ?? 0, below: BOUNDS[bucket] ?? null, count }));
  return {
    traces,
    approximate: isApproximate,
    sampled_share: share,
    by: {
      version: by("version"),
      run: by("run"),
      source: by("source"),
      model: by("model"),
      tag: by("tag"),
      finish_reason: by("finish_reason"),
      day: by("day"),
    },
    histograms: { steps: histogram("steps"), chars: histogram("chars"), tokens: histogram("tokens") },
  };
}

// The one place where filters become SQL. It always leaves out traces of hidden runs.
import sql, { join, raw, type Sql } from "sql-template-tag";
import { metaFilters, type ScoreFilter, scoreFilters, type TraceFilters } from "../contract/filters.ts";
import { toUtcText } from "../contract/instant.ts";

/** Holds for traces that anybody may see: hiding a run is one row's change. Read anew by every statement. */
export const VISIBLE =
  "(traces.run_id IS NULL OR traces.run_id <> ALL (ARRAY(SELECT id FROM runs WHERE hidden_at IS NOT NULL)))";

/** The expression of the index `traces_terms`: every exact value a trace is asked for by. */
export const TERMS = raw(
  "(ARRAY[traces.trace_version, traces.split, traces.train_step::text, traces.prompt_key, traces.source, traces.model, traces.finish_reason] || traces.tags || traces.step_types)",
);

/** The expression of the index `traces_meta_keys`. */
const META_KEYS = raw("jsonb_path_query_array(traces.meta, '$.keyvalue().key')");

/** All filters but `q`, which search-condition.ts turns into SQL. */
export type RowFilters = TraceFilters & { q?: never };

/** Conditions on the row of `traces`, all of which must hold. Their values are single ones: COPY has no parameters. */
export function filterConditions(filters: RowFilters): Sql[] {
  return [raw(VISIBLE), ...findingConditions(filters), ...narrowingConditions(filters)];
}

/** Conditions that an index answers. */
export function findingConditions(filters: RowFilters): Sql[] {
  const conditions: Sql[] = [];
  const where = <T>(value: T | undefined, condition: (value: T) => Sql) => {
    if (value !== undefined) conditions.push(condition(value));
  };
  where(filters.id, (ids) => sql`traces.id = ANY(ARRAY[${join(ids)}]::uuid[])`);
  where(filters.version, (version) => sql`traces.trace_version = ${version}`);
  where(filters.run, (run) => sql`traces.run_id = (SELECT id FROM runs WHERE name = ${run})`);
  where(filters.split, (split) => sql`traces.split = ${split}`);
  where(filters.train_step, (step) => sql`traces.train_step = ${step}`);
  where(filters.min_train_step, (least) => sql`traces.train_step >= ${least}`);
  where(filters.max_train_step, (most) => sql`traces.train_step <= ${most}`);
  where(filters.group, (group) => sql`traces.prompt_key = ${group}`);
  where(filters.finish_reason, (reason) => sql`traces.finish_reason = ${reason}`);
  where(filters.source, (source) => sql`traces.source = ${source}`);
  where(filters.model, (model) => sql`traces.model = ${model}`);
  where(filters.tag, (tags) => sql`traces.tags @> ${textArray(tags)}`);
  where(filters.step_type, (type) => sql`traces.step_types @> ${textArray([type])}`);
  where(filters.min_steps, (least) => sql`traces.step_count >= ${least}`);
  where(filters.max_steps, (most) => sql`traces.step_count <= ${most}`);
  where(filters.min_chars, (least) => sql`traces.char_count >= ${least}`);
  where(filters.max_chars, (most) => sql`traces.char_count <= ${most}`);
  where(filters.min_tokens, (least) => sql`traces.completion_tokens >= ${least}`);
  where(filters.max_tokens, (most) => sql`traces.completion_tokens <= ${most}`);
  const terms = exactValues(filters);
  if (terms.length > 0) conditions.push(sql`${TERMS} @> ${textArray(terms)}`);
  return [
    ...conditions,
    ...timeConditions(filters),
    ...scoreFilters(filters).flatMap(scoreConditions),
    ...metaConditions(filters),
  ];
}

export function timeConditions({ created_from, created_before }: TraceFilters): Sql[] {
  const from = created_from && sql`traces.created_at >= ${toUtcText(created_from)}::timestamptz`;
  const before = created_before && sql`traces.created_at < ${toUtcText(created_before)}::timestamptz`;
  return [from, before].filter((condition) => typeof condition === "object");
}

/** Conditions that only leave some out: no index finds what is left. */
function narrowingConditions({ not_source, not_model, not_tag, not_run }: TraceFilters): Sql[] {
  const isNone = (column: string, values: readonly string[]) =>
    sql`(traces.${raw(column)} IS NULL OR traces.${raw(column)} NOT IN (${join(values)}))`;
  return [
    ...(not_source ? [isNone("source", not_source)] : []),
    ...(not_model ? [isNone("model", not_model)] : []),
    ...(not_tag ? [sql`NOT traces.tags && ${textArray(not_tag)}`] : []),
    ...(not_run
      ? [
          sql`(traces.run_id IS NULL OR traces.run_id <> ALL (ARRAY(SELECT id FROM runs WHERE name IN (${join(not_run)}))))`,
        ]
      : []),
  ];
}

/** What is asked for of the values in `TERMS`. */
export function exactValues(filters: TraceFilters): string[] {
  const { version, split, train_step, group, source, model, finish_reason, tag = [], step_type } = filters;
  const terms = [
    version,
    split,
    train_step?.toString(),
    group,
    source,
    model,
    finish_reason,
    ...tag,
    step_type,
  ];
  return terms.filter((term) => term !== undefined);
}

/** Scores of the whole trace. The valid reward stands in the trace's row, the others beside it. */
function scoreConditions({ name, equal, least, most, status }: ScoreFilter): Sql[] {
  const within = (column: Sql) => [
    ...(equal === undefined ? [] : [sql`${column} = ${equal}::float8`]),
    ...(least === undefined ? [] : [sql`${column} >= ${least}::float8`]),
    ...(most === undefined ? [] : [sql`${column} <= ${most}::float8`]),
  ];
  if (name === "reward") {
    const conditions = within(raw("traces.reward"));
    if (status === "ok") return [...conditions, raw("traces.reward IS NOT NULL")];
    return status === undefined ? conditions : [...conditions, hasScore(name, [isStatus(status)])];
  }
  const values = within(raw("scores.value"));
  // Only a valid score has a value.
  const statuses = [
    ...new Set([...(values.length > 0 ? ["ok"] : []), ...(status === undefined ? [] : [status])]),
  ];
  return [hasScore(name, [...statuses.map(isStatus), ...values])];
}

const isStatus = (status: string) => sql`scores.status = ${status}`;

/** By the index `scores_value`, or by that of the trace's scores. */
function hasScore(name: string, conditions: readonly Sql[]): Sql {
  return sql`EXISTS (
    SELECT FROM scores
    WHERE scores.trace_id = traces.id AND step_i IS NULL AND name = ${name} AND ${join(conditions, " AND ")}
      AND (name <> 'reward' OR status <> 'ok')
  )`;
}

function metaConditions(filters: TraceFilters): Sql[] {
  const conditions = metaFilters(filters).flatMap(({ path, text }) => {
    const literal = jsonLiteral(text);
    const values = [JSON.stringify(text), ...(literal === undefined ? [] : [literal])];
    // Containment finds it by the index; only the comparison tells equal from containing.
    const contains = values.map((value) => sql`traces.meta @> ${nest(path, value)}::jsonb`);
    return [
      path.some(isArrayIndex)
        ? sql`${META_KEYS} @> ${JSON.stringify(path[0])}::jsonb`
        : sql`(${join(contains, " OR ")})`,
      sql`traces.meta #> ${textArray(path)} IN (${join(values.map((value) => sql`${value}::jsonb`))})`,
    ];
  });
  if (filters.has) conditions.push(sql`${META_KEYS} @> ${JSON.stringify(filters.has)}::jsonb`);
  return conditions;
}

/** The JSON with `value` alone, at its path. */
function nest(path: readonly string[], value: string): string {
  return path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, value);
}

/** It may stand for a place in an array, which containment does not know. */
const isArrayIndex = (key: string) => /^-?\d+$/.test(key);

/** The text itself, where it is JSON that `jsonb` takes. */
function jsonLiteral(text: string): string | undefined {
  // jsonb takes huge exponents and fails at printing them; it has no U+0000 and no lone surrogates.
  if (/\d[eE][+-]?\d{4}/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return /\\u(0000|d[89a-f])/.test(JSON.stringify(value)) ? undefined : text;
  } catch {
    return undefined;
  }
}

function textArray(values: readonly string[]): Sql {
  return sql`ARRAY[${join(values)}]::text[]`;
}

// The one place where filters become SQL. It always leaves out traces of hidden runs.
import sql, { join, raw, type Sql } from "sql-template-tag";
import {
  type MetaFilter,
  metaFilters,
  type ScoreFilter,
  scoreFilters,
  type TraceFilters,
} from "../contract/filters.ts";
import { toUtcText } from "../contract/instant.ts";
import type { TraceOrder } from "./trace-order.ts";

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
  const scored = scoreFilters(filters).flatMap(scoresBeside);
  return [...indexedConditions(filters), ...scored.map(hasScore), ...comparingConditions(filters)];
}

export interface LookupConditions {
  /** What indexes of `traces` answer together. */
  indexed: Sql[];
  /** On rows of `scores`, of which a match has one for each. */
  scored: Sql[];
  /** What only settles, of rows that were found, in which field a value stands. */
  comparing: Sql[];
}

/**
 * The conditions for a lookup, apart, but that hidden runs are left out: taken together PostgreSQL would hold matches for
 * many times rarer than they are.
 */
export function lookupConditions(filters: RowFilters): LookupConditions {
  return {
    indexed: [...indexedConditions(filters), ...narrowingConditions(filters)],
    scored: scoreFilters(filters).flatMap(scoresBeside),
    comparing: comparingConditions(filters),
  };
}

export const hasScore = (condition: Sql) =>
  sql`EXISTS (SELECT FROM scores WHERE scores.trace_id = traces.id AND ${condition})`;

/** The conditions among them on the column of an order: a walk along it begins and ends there. */
export function orderConditions(filters: TraceFilters, column: TraceOrder["column"]): Sql[] {
  if (column === "created_at") return timeConditions(filters);
  if (column === "reward") {
    const reward = scoreFilters(filters).find(({ name }) => name === "reward");
    return reward === undefined ? [] : within(raw("traces.reward"), reward);
  }
  return rangeConditions(filters)
    .filter((range) => range.column === column)
    .map((range) => range.condition);
}

/** Ranges of whole numbers. */
function rangeConditions(filters: TraceFilters): { column: string; condition: Sql }[] {
  const between = (column: string, least: number | undefined, most: number | undefined) => [
    ...(least === undefined ? [] : [{ column, condition: sql`traces.${raw(column)} >= ${least}` }]),
    ...(most === undefined ? [] : [{ column, condition: sql`traces.${raw(column)} <= ${most}` }]),
  ];
  return [
    ...between("train_step", filters.min_train_step, filters.max_train_step),
    ...between("step_count", filters.min_steps, filters.max_steps),
    ...between("char_count", filters.min_chars, filters.max_chars),
    ...between("completion_tokens", filters.min_tokens, filters.max_tokens),
  ];
}

type AddCondition = <T>(value: T | undefined, condition: (value: T) => Sql) => void;

function collect(add: (where: AddCondition) => void): Sql[] {
  const conditions: Sql[] = [];
  add((value, condition) => {
    if (value !== undefined) conditions.push(condition(value));
  });
  return conditions;
}

function indexedConditions(filters: TraceFilters): Sql[] {
  const terms = exactValues(filters);
  const conditions = collect((where) => {
    where(filters.id, (ids) => sql`traces.id = ANY(ARRAY[${join(ids)}]::uuid[])`);
    where(filters.run, (run) => sql`traces.run_id = (SELECT id FROM runs WHERE name = ${run})`);
    if (terms.length > 0) where(terms, () => sql`${TERMS} @> ${textArray(terms)}`);
    where(filters.has, (keys) => sql`${META_KEYS} @> ${JSON.stringify(keys)}::jsonb`);
  });
  return [
    ...conditions,
    ...rangeConditions(filters).map(({ condition }) => condition),
    ...timeConditions(filters),
    ...rewardConditions(filters),
    ...metaFilters(filters).map(metaCondition),
  ];
}

function comparingConditions(filters: TraceFilters): Sql[] {
  const conditions = collect((where) => {
    where(filters.version, (version) => sql`traces.trace_version = ${version}`);
    where(filters.split, (split) => sql`traces.split = ${split}`);
    where(filters.train_step, (step) => sql`traces.train_step = ${step}`);
    where(filters.group, (group) => sql`traces.prompt_key = ${group}`);
    where(filters.finish_reason, (reason) => sql`traces.finish_reason = ${reason}`);
    where(filters.source, (source) => sql`traces.source = ${source}`);
    where(filters.model, (model) => sql`traces.model = ${model}`);
    where(filters.tag, (tags) => sql`traces.tags @> ${textArray(tags)}`);
    where(filters.step_type, (type) => sql`traces.step_types @> ${textArray([type])}`);
  });
  const values = metaFilters(filters).map(({ path, text }) => {
    const literals = metaValues(text).map((value) => sql`${value}::jsonb`);
    return sql`traces.meta #> ${textArray(path)} IN (${join(literals)})`;
  });
  return [...conditions, ...values];
}

function timeConditions({ created_from, created_before }: TraceFilters): Sql[] {
  const from = created_from && sql`traces.created_at >= ${toUtcText(created_from)}::timestamptz`;
  const before = created_before && sql`traces.created_at < ${toUtcText(created_before)}::timestamptz`;
  return [from, before].filter((condition) => typeof condition === "object");
}

/**
 * Conditions that only leave some out. As ranges, which the indexes by source, model and run answer beside another
 * condition; alone they find too much to be looked up.
 */
function narrowingConditions({ not_source, not_model, not_tag, not_run }: TraceFilters): Sql[] {
  const isNot = (column: string, value: Sql) => {
    const name = raw(`traces.${column}`);
    return sql`(${name} IS NULL OR ${name} < ${value} OR ${name} > ${value})`;
  };
  return [
    ...(not_source ?? []).map((source) => isNot('source COLLATE "C"', sql`${source}`)),
    ...(not_model ?? []).map((model) => isNot('model COLLATE "C"', sql`${model}`)),
    // A run that is not there leaves nothing out: numbers begin with 1.
    ...(not_run ?? []).map((run) =>
      isNot("run_id", sql`coalesce((SELECT id FROM runs WHERE name = ${run}), 0)`),
    ),
    ...(not_tag ? [sql`NOT traces.tags && ${textArray(not_tag)}`] : []),
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

/** The valid reward stands in the trace's row, other scores beside it. */
function rewardConditions(filters: TraceFilters): Sql[] {
  const reward = scoreFilters(filters).find(({ name }) => name === "reward");
  if (reward === undefined) return [];
  const isValid = reward.status === "ok" ? [raw("traces.reward IS NOT NULL")] : [];
  return [...within(raw("traces.reward"), reward), ...isValid];
}

function within(column: Sql, { equal, least, most }: ScoreFilter): Sql[] {
  return [
    ...(equal === undefined ? [] : [sql`${column} = ${equal}::float8`]),
    ...(least === undefined ? [] : [sql`${column} >= ${least}::float8`]),
    ...(most === undefined ? [] : [sql`${column} <= ${most}::float8`]),
  ];
}

/** What is asked of rows of `scores`, by the index `scores_value`; nothing where the trace's row tells all. */
function scoresBeside(filter: ScoreFilter): Sql[] {
  const { name, status } = filter;
  const values = name === "reward" ? [] : within(raw("scores.value"), filter);
  const isOk = raw("scores.status = 'ok'");
  // Only a valid score has a value; of another status a trace has another row.
  const asked = values.length > 0 ? [[isOk, ...values]] : [];
  const isTold = status === "ok" && (values.length > 0 || name === "reward");
  if (status !== undefined && !isTold) asked.push([sql`scores.status = ${status}`]);
  return asked.map(
    (conditions) =>
      sql`step_i IS NULL AND name = ${name} AND ${join(conditions, " AND ")} AND (name <> 'reward' OR status <> 'ok')`,
  );
}

/** Containment finds it by the index; only the comparison tells equal from containing. */
function metaCondition({ path, text }: MetaFilter): Sql {
  if (path.some(isArrayIndex)) return sql`${META_KEYS} @> ${JSON.stringify(path[0])}::jsonb`;
  const contains = metaValues(text).map((value) => sql`traces.meta @> ${nest(path, value)}::jsonb`);
  return sql`(${join(contains, " OR ")})`;
}

/** What is asked for, as JSON: the text, and the literal that it may be. */
function metaValues(text: string): string[] {
  const literal = jsonLiteral(text);
  return [JSON.stringify(text), ...(literal === undefined ? [] : [literal])];
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
    return /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(JSON.stringify(value)) ? undefined : text;
  } catch {
    return undefined;
  }
}

function textArray(values: readonly string[]): Sql {
  return sql`ARRAY[${join(values)}]::text[]`;
}

// The one place where filters become SQL. It always leaves out traces of hidden runs.
import sql, { join, raw, type Sql } from "sql-template-tag";
import { AppError } from "../contract/errors.ts";
import { metaFilters, type ScoreFilter, scoreFilters, type TraceFilters } from "../contract/filters.ts";
import { toUtcText } from "../contract/instant.ts";
import { isExact } from "../search/match-trace.ts";
import { parseQuery } from "../search/parse-query.ts";
import { searchCondition } from "./search-condition.ts";

/** Holds for traces that anybody may see: hiding a run is one row's change. Read anew by every statement. */
export const VISIBLE =
  "(traces.run_id IS NULL OR traces.run_id <> ALL (ARRAY(SELECT id FROM runs WHERE hidden_at IS NOT NULL)))";

/** Conditions on the row of `traces`, all of which must hold. Their values are single ones: COPY has no parameters. */
export function filterConditions(filters: TraceFilters): Sql[] {
  if (filters.q !== undefined && !isExact(parseQuery(filters.q))) {
    const message = "q: Phrases, and words with signs in them, can only be listed and exported, not counted";
    throw new AppError("invalid_request", message, {
      issues: [{ pointer: "/q", message, code: "search_syntax" }],
    });
  }
  return conditionsToCheck(filters);
}

/** The same, but of a phrase in `q` only that its words are there: whoever asks checks the text. */
export function conditionsToCheck(filters: TraceFilters): Sql[] {
  const conditions = [raw(VISIBLE)];
  const where = <T>(value: T | undefined, condition: (value: T) => Sql) => {
    if (value !== undefined) conditions.push(condition(value));
  };
  where(filters.id, (ids) => sql`traces.id = ANY(ARRAY[${join(ids)}]::uuid[])`);
  where(
    filters.q,
    (q) => sql`traces.id IN (SELECT trace_id FROM search_terms WHERE ${searchCondition(parseQuery(q))})`,
  );
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
  where(filters.created_from, (from) => sql`traces.created_at >= ${toUtcText(from)}::timestamptz`);
  where(filters.created_before, (before) => sql`traces.created_at < ${toUtcText(before)}::timestamptz`);
  where(filters.not_source, (sources) => isNone("source", sources));
  where(filters.not_model, (models) => isNone("model", models));
  where(filters.not_tag, (tags) => sql`NOT traces.tags && ${textArray(tags)}`);
  where(
    filters.not_run,
    (runs) =>
      sql`(traces.run_id IS NULL OR traces.run_id NOT IN (SELECT id FROM runs WHERE name IN (${join(runs)})))`,
  );
  conditions.push(...scoreFilters(filters).flatMap(scoreConditions), ...metaConditions(filters));
  return conditions;
}

function isNone(column: string, values: readonly string[]): Sql {
  return sql`(traces.${raw(column)} IS NULL OR traces.${raw(column)} NOT IN (${join(values)}))`;
}

/** Scores of the whole trace. The reward stands in the trace's row; its status, and the others, do not. */
function scoreConditions({ name, equal, least, most, status }: ScoreFilter): Sql[] {
  const within = (column: Sql) => [
    ...(equal === undefined ? [] : [sql`${column} = ${equal}::float8`]),
    ...(least === undefined ? [] : [sql`${column} >= ${least}::float8`]),
    ...(most === undefined ? [] : [sql`${column} <= ${most}::float8`]),
  ];
  const isReward = name === "reward";
  const inScores = [
    ...(isReward ? [] : within(raw("scores.value"))),
    ...(status === undefined ? [] : [sql`scores.status = ${status}`]),
  ];
  const conditions = isReward ? within(raw("traces.reward")) : [];
  if (inScores.length === 0) return conditions;
  const exists = sql`EXISTS (
    SELECT FROM scores
    WHERE scores.trace_id = traces.id AND step_i IS NULL AND name = ${name} AND ${join(inScores, " AND ")}
  )`;
  return [...conditions, exists];
}

function metaConditions(filters: TraceFilters): Sql[] {
  const conditions = metaFilters(filters).map(({ path, text }) => {
    const literal = jsonLiteral(text);
    const values = [sql`to_jsonb(${text}::text)`, ...(literal === undefined ? [] : [sql`${literal}::jsonb`])];
    return sql`meta #> ${textArray(path)} IN (${join(values)})`;
  });
  for (const key of filters.has ?? []) conditions.push(sql`meta ? ${key}`);
  if (conditions.length === 0) return [];
  return [
    sql`EXISTS (SELECT FROM trace_payloads WHERE trace_id = traces.id AND ${join(conditions, " AND ")})`,
  ];
}

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

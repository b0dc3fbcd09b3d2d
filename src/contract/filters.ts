// What traces are found by: one vocabulary for lists, exports, statistics, deletion and the command line.
import { type Static, Type } from "typebox";
import { AppError } from "./errors.ts";
import { toTime } from "./instant.ts";
import { finishReasons, knownVersions, scoreStatuses, Uuid } from "./trace.ts";

const MAX_INT32 = 2_147_483_647;
const MAX_VALUES = 100;

const Word = (description: string) => Type.String({ minLength: 1, maxLength: 256, description });
const Words = (description: string) =>
  Type.Array(Word(description), { minItems: 1, maxItems: MAX_VALUES, description });
const Count = (description: string) => Type.Integer({ minimum: 0, maximum: MAX_INT32, description });
const Instant = (description: string) => Type.String({ format: "instant", description });

const properties = {
  id: Type.Optional(
    Type.Array(Uuid, {
      minItems: 1,
      maxItems: MAX_VALUES,
      description: "One of these traces; may be repeated",
    }),
  ),
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_000,
      description:
        'Traces whose prompt, messages, steps with their arguments, and answer have these words, in any form; "exact phrase", -without, or',
    }),
  ),
  version: Type.Optional(
    Type.Enum([...knownVersions], { description: "Traces of this version of the contract" }),
  ),
  run: Type.Optional(Word("Traces of this run")),
  split: Type.Optional(Word("Traces of this split: train, validation, …")),
  train_step: Type.Optional(Count("Traces of this training step")),
  min_train_step: Type.Optional(Count("Traces of this training step or later")),
  max_train_step: Type.Optional(Count("Traces of this training step or earlier")),
  group: Type.Optional(Word("Samples of this prompt, by its prompt_key")),
  finish_reason: Type.Optional(
    Type.Enum([...finishReasons], { description: "Traces that ended for this reason" }),
  ),
  source: Type.Optional(Word("Traces whose `meta.source` is this")),
  model: Type.Optional(Word("Traces that this model produced")),
  tag: Type.Optional(Words("Traces with this tag; repeated, with all of them")),
  step_type: Type.Optional(Word("Traces with a step of this type")),
  min_steps: Type.Optional(Count("Traces of so many steps or more")),
  max_steps: Type.Optional(Count("Traces of so many steps or fewer")),
  min_chars: Type.Optional(
    Count("Traces whose prompt, steps and answer together have so many characters or more"),
  ),
  max_chars: Type.Optional(
    Count("Traces whose prompt, steps and answer together have so many characters or fewer"),
  ),
  min_tokens: Type.Optional(Count("Traces whose completion has so many tokens or more")),
  max_tokens: Type.Optional(Count("Traces whose completion has so many tokens or fewer")),
  created_from: Type.Optional(Instant("Traces created at this time or later (ISO 8601)")),
  created_before: Type.Optional(Instant("Traces created before this time (ISO 8601)")),
  has: Type.Optional(Words("Traces whose `meta` has this key; repeated, with all of them")),
  not_source: Type.Optional(Words("Leaves out traces of this source; may be repeated")),
  not_model: Type.Optional(Words("Leaves out traces of this model; may be repeated")),
  not_tag: Type.Optional(Words("Leaves out traces with this tag; may be repeated")),
  not_run: Type.Optional(Words("Leaves out traces of this run; may be repeated")),
};

/** Filters whose name goes on after a dot: with the name of a score, or a path into `meta`. */
export const dottedFilters = {
  score: Type.Number({ description: "Traces with exactly this score: `score.reward=1`" }),
  min_score: Type.Number({ description: "Traces with this score or a higher one: `min_score.reward=0.5`" }),
  max_score: Type.Number({ description: "Traces with this score or a lower one: `max_score.reward=0.5`" }),
  score_status: Type.Enum([...scoreStatuses], {
    description: "Traces with such a score: `score_status.reward=error`",
  }),
  meta: Type.String({
    maxLength: 1_000,
    description:
      'Traces whose `meta` has this value at this path: `meta.level=5` finds the number and the text; a key with dots goes in quotes, `meta."a.b".c=x`',
  }),
} as const;

/** What a schema of query parameters needs besides the filters' `properties` to take the dotted ones. */
export const dotted = {
  // PostgreSQL takes a third of a second to plan 60 scores, and minutes for some hundred. The values of a list cost
  // less: 100 tags with 100 others left out take 20 ms, 100 tags, sources, models and runs left out 0.3 s.
  maxProperties: 60,
  patternProperties: Object.fromEntries(
    Object.entries(dottedFilters).map(([name, schema]) => [`^${name}\\.[\\s\\S]+$`, schema]),
  ),
};

/** The filters as an object of query parameters: `{source: "gsm8k", "min_score.reward": 0.5}`. */
export const TraceFilters = Type.Object(properties, { ...dotted, additionalProperties: false });
export type TraceFilters = Static<typeof TraceFilters> & DottedFilters;

export interface DottedFilters {
  [name: `score.${string}` | `min_score.${string}` | `max_score.${string}`]: number | undefined;
  [name: `score_status.${string}`]: (typeof scoreStatuses)[number] | undefined;
  [path: `meta.${string}`]: string | undefined;
}

/** Whether no trace can pass, whatever is stored: a range ends before it begins, or what is asked for is left out. */
export function isContradictory(filters: TraceFilters): boolean {
  const { train_step, created_from, created_before } = filters;
  const ranges: [least: number | undefined, most: number | undefined][] = [
    [filters.min_steps, filters.max_steps],
    [filters.min_chars, filters.max_chars],
    [filters.min_tokens, filters.max_tokens],
    [train_step ?? filters.min_train_step, train_step ?? filters.max_train_step],
    [filters.min_train_step, train_step],
    [train_step, filters.max_train_step],
    ...scoreFilters(filters).flatMap(({ equal, least, most }): typeof ranges => [
      [least, most],
      [least, equal],
      [equal, most],
    ]),
  ];
  if (ranges.some(([least, most]) => least !== undefined && most !== undefined && least > most)) return true;
  if (created_from !== undefined && created_before !== undefined) {
    if (created_from === created_before || toTime(created_from) > toTime(created_before)) return true;
  }
  const { source, model, run, tag, not_source, not_model, not_run, not_tag } = filters;
  return (
    (source !== undefined && not_source?.includes(source) === true) ||
    (model !== undefined && not_model?.includes(model) === true) ||
    (run !== undefined && not_run?.includes(run) === true) ||
    tag?.some((each) => not_tag?.includes(each)) === true
  );
}

export interface ScoreFilter {
  name: string;
  equal?: number;
  least?: number;
  most?: number;
  status?: (typeof scoreStatuses)[number];
}

/** What is asked of each score that is named. */
export function scoreFilters(filters: TraceFilters): ScoreFilter[] {
  const members = { score: "equal", min_score: "least", max_score: "most", score_status: "status" } as const;
  const byName = new Map<string, ScoreFilter>();
  for (const [key, value] of Object.entries(filters)) {
    const [, prefix, name] = /^(score|min_score|max_score|score_status)\.(.+)$/s.exec(key) ?? [];
    if (prefix === undefined || name === undefined || value === undefined) continue;
    const filter = byName.get(name) ?? { name };
    byName.set(name, { ...filter, [members[prefix as keyof typeof members]]: value });
  }
  return [...byName.values()];
}

export interface MetaFilter {
  path: string[];
  text: string;
}

/** What is asked of `meta`: a value at a path. Throws `invalid_request` for a path with an empty part. */
export function metaFilters(filters: TraceFilters): MetaFilter[] {
  return Object.entries(filters).flatMap(([key, value]) =>
    key.startsWith("meta.") && typeof value === "string"
      ? [{ path: splitPath(key.slice("meta.".length)), text: value }]
      : [],
  );
}

/** At the dots, except within quotation marks. */
function splitPath(path: string): string[] {
  const parts: string[] = path.match(/"(?:[^"\\]|\\.)*"(?=\.|$)|[^.]+|(?<=^|\.)(?=\.|$)/gs) ?? [];
  if (parts.includes("")) {
    const name = `meta.${path}`;
    const message = `${name}: The path has an empty part; write "" for a key that is empty`;
    throw new AppError("invalid_request", message, {
      issues: [{ pointer: `/${name}`, message, code: "pattern" }],
    });
  }
  return parts.map((part) => (/^".*"$/s.test(part) ? part.slice(1, -1).replace(/\\(.)/g, "$1") : part));
}

// The row a checked trace becomes: narrow columns to find it by, and its text to read it back.
import { createHash } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Trace } from "../contract/trace.ts";
import type { JsonDocument } from "./json-document.ts";
import { type Member, withoutSpaces } from "./scan-json.ts";

const EXCERPT_LENGTH = 200;

export interface ScoreRow {
  stepI: number | null;
  name: string;
  by: string;
  value: number | null;
  status: string;
  comment: string | null;
}

export interface TraceRow {
  id: string;
  createdAt: Date;
  traceVersion: string;
  run: string | null;
  split: string | null;
  trainStep: number | null;
  promptKey: string;
  sampleIndex: number | null;
  source: string | null;
  model: string | null;
  finishReason: string | null;
  stepCount: number;
  charCount: number;
  completionTokens: number | null;
  reward: number | null;
  tags: string[];
  stepTypes: string[];
  promptExcerpt: string;
  answerExcerpt: string | null;
  contentHash: Buffer;
  /** The trace as it was sent, without its tokens. */
  payload: string;
  /** The text of `meta`, with every digit that was sent. */
  meta: string | null;
  tokens: TokensRow | null;
  scores: ScoreRow[];
}

export interface TokensRow {
  /** What was cut out of the payload: the member with one comma beside it. */
  text: string;
  /** Byte offset in the payload at which the cut goes back in. */
  offset: number;
}

/** What a row gets where its trace doesn't say. */
export interface RowDefaults {
  id?: string;
  createdAt?: Date;
  run?: string | undefined;
  split?: string | undefined;
  trainStep?: number | undefined;
}

export function toTraceRow(document: JsonDocument, trace: Trace, defaults: RowDefaults = {}): TraceRow {
  const createdAt = defaults.createdAt ?? new Date();
  const { rollout, generation, scores, messages } =
    trace.trace_version === "1.1" ? trace : { rollout: null, generation: null, scores: null, messages: null };
  const scoreRows = (scores ?? []).map(toScoreRow);
  const { payload, tokens } = cutTokens(document);
  return {
    id: (trace.id ?? defaults.id)?.toLowerCase() ?? uuidv7({ msecs: createdAt.getTime() }),
    createdAt,
    traceVersion: trace.trace_version,
    run: rollout?.run ?? defaults.run ?? null,
    split: rollout?.split ?? defaults.split ?? null,
    trainStep: rollout?.train_step ?? defaults.trainStep ?? null,
    promptKey: rollout?.prompt_id ?? hashPrompt(messages ? JSON.stringify(messages) : trace.prompt),
    sampleIndex: rollout?.sample_index ?? null,
    source: typeof trace.meta?.source === "string" ? trace.meta.source : null,
    model: generation?.model ?? null,
    finishReason: generation?.finish_reason ?? null,
    stepCount: trace.steps.length,
    charCount: countCharacters(trace),
    completionTokens: generation?.completion_tokens ?? null,
    reward: rewardOf(scoreRows),
    tags: tagsOf(trace.meta?.tags),
    stepTypes: [...new Set(trace.steps.map((step) => step.type))],
    promptExcerpt: excerpt(trace.prompt),
    answerExcerpt: trace.final_answer === null ? null : excerpt(trace.final_answer),
    contentHash: hashContent(document),
    payload,
    meta: trace.meta ? memberText(document, "meta") : null,
    tokens,
    scores: scoreRows,
  };
}

function toScoreRow(score: NonNullable<Extract<Trace, { scores?: unknown }>["scores"]>[number]): ScoreRow {
  return {
    stepI: score.step_i ?? null,
    name: score.name,
    by: score.by ?? "",
    value: score.value ?? null,
    status: score.status ?? "ok",
    comment: score.comment ?? null,
  };
}

/** The last valid `reward` of the whole trace: the same rule the store keeps when scores change. */
function rewardOf(scores: ScoreRow[]): number | null {
  return scores.findLast((score) => score.name === "reward" && score.stepI === null)?.value ?? null;
}

function tagsOf(tags: unknown): string[] {
  return Array.isArray(tags) ? [...new Set(tags.filter((tag) => typeof tag === "string"))] : [];
}

/**
 * Identifies what a trace says: equal for the same trace whatever its white space, its escapes, the order of
 * its outer members, and the id, time and scores around it.
 */
function hashContent(document: JsonDocument): Buffer {
  const value = document.value as Record<string, unknown>;
  const hash = createHash("sha256");
  const members = document.members.filter((member) => !["id", "created_at", "scores"].includes(member.key));
  for (const member of members.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    // JSON.stringify is the faster, but it rounds what a double cannot hold.
    const text = document.exactNumbers
      ? JSON.stringify(value[member.key])
      : withoutSpaces(document.text.slice(member.start, member.end));
    hash.update(`${JSON.stringify(member.key)}:${text}\n`);
  }
  return hash.digest().subarray(0, 16);
}

function hashPrompt(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function memberText(document: JsonDocument, key: string): string | null {
  const member = document.members.find((candidate) => candidate.key === key);
  return member === undefined ? null : document.text.slice(member.start, member.end);
}

/** Cuts `tokens` out together with one comma, so that what is left is JSON and the cut can go back in place. */
function cutTokens({ text, members, value }: JsonDocument): { payload: string; tokens: TokensRow | null } {
  const index = members.findIndex((member) => member.key === "tokens");
  if (index === -1 || (value as { tokens?: unknown }).tokens === null) return { payload: text, tokens: null };
  const { keyStart, end } = members[index] as Member;
  const next = members[index + 1];
  const before = members[index - 1];
  const from = next === undefined && before !== undefined ? before.end : keyStart;
  const to = next?.keyStart ?? end;
  return {
    payload: text.slice(0, from) + text.slice(to),
    tokens: { text: text.slice(from, to), offset: Buffer.byteLength(text.slice(0, from)) },
  };
}

function countCharacters(trace: Trace): number {
  const steps = trace.steps.reduce((sum, step) => sum + codePoints(step.content), 0);
  return codePoints(trace.prompt) + codePoints(trace.final_answer ?? "") + steps;
}

/** For texts within Latin-1, most of them, V8 knows that the pattern cannot match and does not read them. */
function codePoints(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0);
}

/** Cuts between code points, and copies, so that the excerpt does not keep the whole text alive. */
function excerpt(text: string): string {
  return text.length <= EXCERPT_LENGTH
    ? text
    : [...text.slice(0, 2 * EXCERPT_LENGTH)].slice(0, EXCERPT_LENGTH).join("");
}

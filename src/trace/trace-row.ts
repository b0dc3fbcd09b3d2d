// The row a checked trace becomes: narrow columns to find it by, and its text to read it back.
import { createHash } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Trace, Trace11 } from "../contract/trace.ts";
import { cutMember } from "./cut-member.ts";
import type { JsonDocument } from "./json-document.ts";
import { normaliseJson } from "./scan-json.ts";

const EXCERPT_LENGTH = 200;
/** What is longer than this, or more, is kept in `meta` alone: an index could not hold it. */
const MAX_NARROW_LENGTH = 256;
const MAX_NARROW_ITEMS = 100;
const BESIDES_CONTENT = new Set(["id", "created_at", "scores"]);

export interface ScoreRow {
  stepI: number | null;
  name: string;
  by: string;
  value: number | null;
  status: string;
  comment: string | null;
  updatedAt: Date;
}

/** A score with the trace it belongs to. */
export interface TraceScoreRow extends ScoreRow {
  traceId: string;
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
  /** Equal for equal completions; null outside of runs, where none are compared. */
  completionHash: Buffer | null;
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
  /** Where it depends on what the trace says, a function of its content hash. */
  id?: string | ((contentHash: Buffer) => string);
  createdAt?: Date;
  run?: string | undefined;
  split?: string | undefined;
  trainStep?: number | undefined;
  /** The scores as they are now, where the trace itself only has those it was first given. */
  scores?: ScoreRow[];
}

export function toTraceRow(document: JsonDocument, trace: Trace, defaults: RowDefaults = {}): TraceRow {
  const now = new Date();
  const createdAt = defaults.createdAt ?? now;
  const { rollout, generation, scores, messages } =
    trace.trace_version === "1.1" ? trace : { rollout: null, generation: null, scores: null, messages: null };
  const scoreRows = defaults.scores ?? (scores ?? []).map((score) => toScoreRow(score, now));
  const { payload, tokens } = cutTokens(document);
  const contentHash = hashContent(document);
  const run = rollout?.run ?? defaults.run ?? null;
  return {
    id:
      trace.id?.toLowerCase() ??
      defaultId(defaults.id, contentHash) ??
      uuidv7({ msecs: createdAt.getTime() }),
    createdAt,
    traceVersion: trace.trace_version,
    run,
    split: rollout?.split ?? defaults.split ?? null,
    trainStep: rollout?.train_step ?? defaults.trainStep ?? null,
    promptKey: rollout?.prompt_id ?? hashPrompt(messages ? JSON.stringify(messages) : trace.prompt),
    sampleIndex: rollout?.sample_index ?? null,
    source: isNarrow(trace.meta?.source) ? trace.meta.source : null,
    model: generation?.model ?? null,
    finishReason: generation?.finish_reason ?? null,
    stepCount: trace.steps.length,
    charCount: countCharacters(trace),
    completionTokens: generation?.completion_tokens ?? null,
    reward: rewardOf(scoreRows),
    tags: tagsOf(trace.meta?.tags),
    stepTypes: [...new Set(trace.steps.map((step) => step.type))].slice(0, MAX_NARROW_ITEMS),
    promptExcerpt: excerpt(trace.prompt),
    answerExcerpt: trace.final_answer === null ? null : excerpt(trace.final_answer),
    contentHash,
    completionHash: run === null ? null : hashCompletion(trace),
    payload,
    meta: trace.meta ? memberText(document, "meta") : null,
    tokens,
    scores: scoreRows,
  };
}

function defaultId(id: RowDefaults["id"], contentHash: Buffer): string | undefined {
  return typeof id === "function" ? id(contentHash) : id?.toLowerCase();
}

export type SentScore = NonNullable<Trace11["scores"]>[number];

export function toScoreRow(score: SentScore, updatedAt: Date): ScoreRow {
  return {
    stepI: score.step_i ?? null,
    name: score.name,
    by: score.by ?? "",
    value: score.value ?? null,
    status: score.status ?? "ok",
    comment: score.comment ?? null,
    updatedAt,
  };
}

/**
 * The newest valid `reward` of the whole trace, of equally new ones that of the last `by`: the same rule the
 * store keeps when scores change.
 */
function rewardOf(scores: ScoreRow[]): number | null {
  const rewards = scores.filter(
    ({ name, stepI, value }) => name === "reward" && stepI === null && value !== null,
  );
  rewards.sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime() || (a.by < b.by ? -1 : 1));
  return rewards.at(-1)?.value ?? null;
}

function isNarrow(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_NARROW_LENGTH;
}

function tagsOf(tags: unknown): string[] {
  return Array.isArray(tags) ? [...new Set(tags.filter(isNarrow))].slice(0, MAX_NARROW_ITEMS) : [];
}

/**
 * Identifies what a trace says: equal for the same trace whatever its white space, its escapes, the order of
 * its outer members, and the id, time and scores around it.
 */
function hashContent({ members, text, isCompact }: JsonDocument): Buffer {
  // Compact JSON without needless escapes, as most of it is, has the normal form already.
  const isNormal = isCompact && !/\\[u/]/.test(text);
  const parts = members
    .filter(({ key }) => !BESIDES_CONTENT.has(key))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, start, end }) => {
      const value = text.slice(start, end);
      return `${JSON.stringify(key)}:${isNormal ? value : normaliseJson(value)}`;
    });
  return createHash("sha256").update(parts.join("\n")).digest().subarray(0, 16);
}

/** Over the text of the steps and the answer; 8 bytes tell the samples of one prompt apart. */
function hashCompletion({ steps, final_answer }: Trace): Buffer {
  const texts = steps.map((step) =>
    "before" in step || "after" in step
      ? `${step.before ?? ""}${step.content}${step.after ?? ""}`
      : step.content,
  );
  texts.push(final_answer ?? "");
  return createHash("sha256").update(texts.join("\0")).digest().subarray(0, 8);
}

function hashPrompt(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function memberText(document: JsonDocument, key: string): string | null {
  const member = document.members.find((candidate) => candidate.key === key);
  return member === undefined ? null : document.text.slice(member.start, member.end);
}

/** Takes the tokens out of what is stored as the payload. */
function cutTokens(document: JsonDocument): { payload: string; tokens: TokensRow | null } {
  const index = document.members.findIndex((member) => member.key === "tokens");
  if (index === -1 || (document.value as { tokens?: unknown }).tokens === null) {
    return { payload: document.text, tokens: null };
  }
  const { rest, text, offset } = cutMember(document, index);
  return { payload: rest.text, tokens: { text, offset: Buffer.byteLength(rest.text.slice(0, offset)) } };
}

function countCharacters(trace: Trace): number {
  const steps = trace.steps.reduce((sum, step) => sum + codePoints(step.content), 0);
  return codePoints(trace.prompt) + codePoints(trace.final_answer ?? "") + steps;
}

/** For texts within Latin-1, most of them, V8 knows that the pattern cannot match and does not read them. */
function codePoints(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0);
}

/** Cuts between code points. */
function excerpt(text: string): string {
  const head = text.slice(0, 2 * EXCERPT_LENGTH);
  if (!/[\ud800-\udbff]/.test(head)) return head.slice(0, EXCERPT_LENGTH);
  return [...head].slice(0, EXCERPT_LENGTH).join("");
}

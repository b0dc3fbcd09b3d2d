// The row a checked trace becomes: narrow columns to find it by, and its text to read it back.
import { hash, randomUUID } from "node:crypto";
import type { Trace, Trace11 } from "../contract/trace.ts";
import { cutRange } from "./cut-member.ts";
import { decodeUtf8 } from "./decode-utf8.ts";
import type { JsonDocument } from "./json-document.ts";
import { outerMembers } from "./outer-members.ts";
import { type Member, normaliseJson } from "./scan-json.ts";
import { outlineSteps } from "./step-outline.ts";

const EXCERPT_LENGTH = 200;
/** Where contents are put together to be hashed, one after the other; more is let go. */
let normalForm = Buffer.alloc(65_536);
const MAX_KEPT_BYTES = 1_048_576;
/** What is longer than this, or more, is kept in `meta` alone: an index could not hold it. */
const MAX_NARROW_LENGTH = 256;
const MAX_NARROW_ITEMS = 100;
/** First bytes of characters that take four. */
const LEADS_OF_FOUR = [0xf0, 0xf1, 0xf2, 0xf3, 0xf4];
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
  /** Whether the trace came with it: then it may be there already. */
  isIdSent: boolean;
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
  /** What `outlineSteps` makes of the steps. */
  stepOutline: Buffer;
  promptExcerpt: string;
  answerExcerpt: string | null;
  contentHash: Buffer;
  /** Equal for equal completions; null outside of runs, where none are compared. */
  completionHash: Buffer | null;
  /** The trace as it was sent, in UTF-8, without its tokens. */
  payload: Buffer;
  /** The text of `meta`, with every digit that was sent. */
  meta: string | null;
  tokens: TokensRow | null;
  scores: ScoreRow[];
}

export interface TokensRow {
  /** What was cut out of the payload: the member with one comma beside it. */
  text: Buffer;
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
  /** Where it belongs now, whatever the trace says: runs are renamed. */
  movedTo?: { run?: string | undefined; split?: string | undefined; trainStep?: number | undefined };
  /** The scores as they are now, where the trace itself only has those it was first given. */
  scores?: ScoreRow[];
}

export function toTraceRow(document: JsonDocument, trace: Trace, defaults: RowDefaults = {}): TraceRow {
  const createdAt = defaults.createdAt ?? new Date();
  const { rollout, generation, scores, messages } =
    trace.trace_version === "1.1" ? trace : { rollout: null, generation: null, scores: null, messages: null };
  const scoreRows = defaults.scores ?? (scores ?? []).map((score) => toScoreRow(score, createdAt));
  // Work on bytes, not on text: of 1 MB, hashing and compressing it encode nothing again.
  const bytes = document.bytes ?? Buffer.from(document.text);
  const members = bytes.length === document.text.length ? document.members : outerMembers(bytes);
  const { payload, tokens } =
    trace.trace_version === "1.1" && trace.tokens
      ? cutTokens(bytes, members)
      : { payload: bytes, tokens: null };
  const contentHash = hashContent(bytes, members, document.isCompact);
  const { movedTo = {} } = defaults;
  const run = movedTo.run ?? rollout?.run ?? defaults.run ?? null;
  const stepTypes = [...new Set(trace.steps.map((step) => step.type))].slice(0, MAX_NARROW_ITEMS);
  return {
    id: trace.id?.toLowerCase() ?? defaultId(defaults.id, contentHash) ?? newId(createdAt),
    isIdSent: trace.id !== undefined,
    createdAt,
    traceVersion: trace.trace_version,
    run,
    split: movedTo.split ?? rollout?.split ?? defaults.split ?? null,
    trainStep: movedTo.trainStep ?? rollout?.train_step ?? defaults.trainStep ?? null,
    promptKey: rollout?.prompt_id ?? hashPrompt(messages ? JSON.stringify(messages) : trace.prompt),
    sampleIndex: rollout?.sample_index ?? null,
    source: isNarrow(trace.meta?.source) ? trace.meta.source : null,
    model: generation?.model ?? null,
    finishReason: generation?.finish_reason ?? null,
    stepCount: trace.steps.length,
    charCount: countCharacters(trace, mayHoldPairs(bytes)),
    completionTokens: generation?.completion_tokens ?? null,
    reward: rewardOf(scoreRows),
    tags: tagsOf(trace.meta?.tags),
    stepTypes,
    stepOutline: outlineSteps(trace.steps, stepTypes),
    promptExcerpt: excerpt(trace.prompt),
    answerExcerpt: trace.final_answer === null ? null : excerpt(trace.final_answer),
    contentHash,
    completionHash: run === null ? null : hashCompletion(trace),
    payload,
    meta: trace.meta ? memberText(bytes, members, "meta") : null,
    tokens,
    scores: scoreRows,
  };
}

function defaultId(id: RowDefaults["id"], contentHash: Buffer): string | undefined {
  return typeof id === "function" ? id(contentHash) : id?.toLowerCase();
}

/** A UUIDv7 (RFC 9562): the time, then the random digits of a version 4, of which Node.js makes many at once. */
function newId(createdAt: Date): string {
  const time = createdAt.getTime().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
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
 * The newest valid `reward` of the whole trace, of equally new ones that of the last `by` in the order of its bytes:
 * the same rule the store keeps when scores change.
 */
export function rewardOf(scores: readonly ScoreRow[]): number | null {
  const rewards = scores.filter(
    ({ name, stepI, value }) => name === "reward" && stepI === null && value !== null,
  );
  rewards.sort((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime() || compareBytes(a.by, b.by));
  return rewards.at(-1)?.value ?? null;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isNarrow(value: unknown): value is string {
  if (typeof value !== "string" || value.length > 2 * MAX_NARROW_LENGTH) return false;
  // In code points, as filters count.
  return value.length <= MAX_NARROW_LENGTH || [...value].length <= MAX_NARROW_LENGTH;
}

function tagsOf(tags: unknown): string[] {
  return Array.isArray(tags) ? [...new Set(tags.filter(isNarrow))].slice(0, MAX_NARROW_ITEMS) : [];
}

/**
 * Identifies what a trace says: equal for the same trace whatever its white space, its escapes, the order of
 * its outer members, and the id, time and scores around it.
 */
function hashContent(bytes: Buffer, members: readonly Member[], isCompact: boolean): Buffer {
  // Compact JSON without needless escapes, as most of it is, has the normal form already.
  const isNormal = isCompact && !bytes.includes("\\u") && !bytes.includes("\\/");
  const content = members.filter(({ key }) => !BESIDES_CONTENT.has(key));
  content.sort((a, b) => (a.key < b.key ? -1 : 1));
  let length = 0;
  for (const { key, start, end } of content) {
    const name = `${length === 0 ? "" : "\n"}${JSON.stringify(key)}:`;
    const value = bytes.subarray(start, end);
    const normal = isNormal ? value : Buffer.from(normaliseJson(decodeUtf8(value)));
    // Three bytes hold any UTF-16 unit.
    const needed = length + 3 * name.length + normal.length;
    if (needed > normalForm.length)
      normalForm = Buffer.concat([normalForm], Math.max(needed, 2 * normalForm.length));
    length += normalForm.write(name, length);
    length += normal.copy(normalForm, length);
  }
  const digest = hash("sha256", normalForm.subarray(0, length), "buffer");
  if (normalForm.length > MAX_KEPT_BYTES) normalForm = Buffer.alloc(0);
  return digest.subarray(0, 16);
}

/** Over the text of the steps and the answer; 8 bytes tell the samples of one prompt apart. */
function hashCompletion({ steps, final_answer }: Trace): Buffer {
  const texts = steps.map((step) =>
    "before" in step || "after" in step
      ? `${step.before ?? ""}${step.content}${step.after ?? ""}`
      : step.content,
  );
  texts.push(final_answer ?? "");
  return hash("sha256", texts.join("\0"), "buffer").subarray(0, 8);
}

function hashPrompt(text: string): string {
  return hash("sha256", text, "hex").slice(0, 32);
}

function memberText(bytes: Buffer, members: readonly Member[], key: string): string | null {
  const member = members.find((candidate) => candidate.key === key);
  return member === undefined ? null : bytes.toString("utf8", member.start, member.end);
}

/** Takes the tokens out of what is stored as the payload. */
function cutTokens(bytes: Buffer, members: readonly Member[]): { payload: Buffer; tokens: TokensRow } {
  const { from, to } = cutRange(
    members,
    members.findIndex(({ key }) => key === "tokens"),
  );
  return {
    payload: Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]),
    tokens: { text: bytes.subarray(from, to), offset: from },
  };
}

function countCharacters(trace: Trace, hasPairs: boolean): number {
  const codePoints = (text: string) =>
    hasPairs ? text.length - (text.match(/[\ud800-\udbff]/g)?.length ?? 0) : text.length;
  const steps = trace.steps.reduce((sum, step) => sum + codePoints(step.content), 0);
  return codePoints(trace.prompt) + codePoints(trace.final_answer ?? "") + steps;
}

/** Whether a text in UTF-8 may hold surrogate pairs: four bytes each, or escapes. Of 1 MB, looking for them takes 2 ms. */
function mayHoldPairs(bytes: Buffer): boolean {
  return LEADS_OF_FOUR.some((lead) => bytes.includes(lead)) || bytes.includes("\\u");
}

/** Cuts between code points. */
function excerpt(text: string): string {
  const head = text.slice(0, 2 * EXCERPT_LENGTH);
  if (!/[\ud800-\udbff]/.test(head)) return head.slice(0, EXCERPT_LENGTH);
  return [...head].slice(0, EXCERPT_LENGTH).join("");
}

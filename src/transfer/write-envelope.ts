// A trace as an export line, which read-envelope.ts takes apart again: the trace as it was sent, and before it
// what it doesn't say itself.
import type { Score, Trace11 } from "../contract/trace.ts";
import type { StreamedTrace } from "../store/stream-traces.ts";
import { cutRange } from "../trace/cut-member.ts";
import { outerMembers } from "../trace/outer-members.ts";
import type { Member } from "../trace/scan-json.ts";
import { type SentScore, toScoreRow } from "../trace/trace-row.ts";
import type { Envelope } from "./read-envelope.ts";

const QUOTE = 0x22;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const ID_KEY = Buffer.from('"id"');
const ROLLOUT_KEY = Buffer.from('"rollout"');
const SCORES_KEY = Buffer.from('"scores"');
/** A key may be spelt with escapes; those of letters begin like this. */
const ESCAPED_LETTER = Buffer.from("\\u00");
const END = Buffer.from("\n");

/** The line's bytes, in pieces. */
export function writeEnvelope(trace: StreamedTrace): Buffer[] {
  const members = membersOf(trace);
  const scoresAt = members.findIndex(({ key }) => key === "scores");
  const scores = changedScores(trace, memberValue<SentScore[]>(trace.payload, members[scoresAt]) ?? []);
  const sent =
    scores === undefined || scoresAt === -1
      ? { rest: trace.payload, cut: undefined }
      : cut(trace.payload, members, scoresAt);
  const { text, lineFeeds, carriageReturns } = onOneLine(sent.rest);
  const envelope: Envelope = {
    ...(!members.some(({ key }) => key === "id") && { id: trace.id }),
    ...place(trace, members),
    ...(scores && { scores }),
    ...(sent.cut && { sent_scores: sent.cut }),
    ...(lineFeeds.length > 0 && { line_feeds: lineFeeds }),
    ...(carriageReturns.length > 0 && { carriage_returns: carriageReturns }),
    created_at: trace.createdAt,
  };
  // Before the first key, so that what stands around it stays the trace's own.
  const start = text.indexOf(QUOTE);
  const head = Buffer.from(`${JSON.stringify(envelope).slice(1, -1)},`);
  return [text.subarray(0, start), head, text.subarray(start), END];
}

/** The trace's own members; none where those that matter are surely absent, which a search tells at once. */
function membersOf({ payload, traceVersion, run, split, trainStep, scores }: StreamedTrace): Member[] {
  const hasPlace = run !== null || split !== null || trainStep !== null;
  const mayMatter =
    (traceVersion !== "1.0" && scores !== null) ||
    payload.includes(ID_KEY) ||
    payload.includes(ESCAPED_LETTER) ||
    (traceVersion !== "1.0" && (payload.includes(SCORES_KEY) || (hasPlace && payload.includes(ROLLOUT_KEY))));
  return mayMatter ? outerMembers(payload) : [];
}

function memberValue<T>(json: Buffer, member: Member | undefined): T | null {
  return member === undefined ? null : (JSON.parse(json.toString("utf8", member.start, member.end)) as T);
}

/** Where the trace belongs, as far as its own `rollout` doesn't say so. */
function place({ payload, run, split, trainStep }: StreamedTrace, members: Member[]): Partial<Envelope> {
  if (run === null && split === null && trainStep === null) return {};
  const own = memberValue<NonNullable<Trace11["rollout"]>>(
    payload,
    members.find(({ key }) => key === "rollout"),
  );
  return {
    ...(run !== null && run !== own?.run && { run }),
    ...(split !== null && split !== own?.split && { split }),
    ...(trainStep !== null && trainStep !== own?.train_step && { train_step: trainStep }),
  };
}

/**
 * The scores as they are now; undefined while they are the first set that came inside the trace. Of that, all
 * were written at once: scores written at different times tell which reward is the newest.
 */
function changedScores({ scores }: StreamedTrace, own: readonly SentScore[]): Score[] | undefined {
  if (scores === null) return own.length > 0 ? [] : undefined;
  const current = JSON.parse(scores) as Score[];
  const isFirstSet =
    current.length === own.length && current.every(({ updated_at }) => updated_at === current[0]?.updated_at);
  if (!isFirstSet) return current;
  const ownKeys = new Set(own.map((score) => keyOf(toScoreRow(score, NO_TIME))));
  const isSame = current.every((score) => ownKeys.has(keyOf(toScoreRow(score, NO_TIME))));
  return isSame ? undefined : current;
}

const NO_TIME = new Date(0);

function keyOf(score: ReturnType<typeof toScoreRow>): string {
  return JSON.stringify([score.stepI, score.name, score.by, score.value, score.status, score.comment]);
}

function cut(json: Buffer, members: Member[], index: number) {
  const { from, to } = cutRange(members, index);
  return {
    rest: Buffer.concat([json.subarray(0, from), json.subarray(to)]),
    cut: { offset: from, text: json.toString("utf8", from, to) },
  };
}

interface OneLine {
  text: Buffer;
  lineFeeds: number[];
  carriageReturns: number[];
}

/** Strings hold no line breaks: all there are stand between tokens, where a space means the same. */
function onOneLine(json: Buffer): OneLine {
  const lineFeeds = placesOf(json, LINE_FEED);
  const carriageReturns = placesOf(json, CARRIAGE_RETURN);
  if (lineFeeds.length === 0 && carriageReturns.length === 0)
    return { text: json, lineFeeds, carriageReturns };
  const text = Buffer.from(json);
  for (const offset of lineFeeds) text[offset] = SPACE;
  for (const offset of carriageReturns) text[offset] = SPACE;
  return { text, lineFeeds, carriageReturns };
}

function placesOf(json: Buffer, byte: number): number[] {
  const places: number[] = [];
  for (let at = json.indexOf(byte); at !== -1; at = json.indexOf(byte, at + 1)) places.push(at);
  return places;
}

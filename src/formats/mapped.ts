// A private format, read by a map that says which member goes where; what the map leaves out stays in `meta`.
import type { Trace11 } from "../contract/trace.ts";
import { isMessage, promptText, readMessages } from "./chat-messages.ts";
import { exactRecord, parseEmbedded } from "./exact-record.ts";
import { type FinishReason, toFinishReason } from "./finish-reason.ts";
import { type Format, isObject, type TraceScore } from "./format.ts";
import { invalidMember } from "./invalid-member.ts";
import { readMappedSteps } from "./mapped-steps.ts";
import { toCount, toScoreValue, toTags, toText } from "./mapped-values.ts";
import { type Mapping, parseMap, type Target } from "./parse-map.ts";
import { valueAt, withoutPlaces } from "./record-places.ts";
import { toReference, toScore } from "./scored-columns.ts";
import { readCompletion } from "./trl.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Throws `invalid_request` for a map that is not valid; see `parseMap`. */
export function createMappedFormat(spec: string): Format {
  const mapping = parseMap(spec);
  const unmatched = new Map(mapping);
  return {
    name: "mapped",
    description: "Records of a shape of one's own, read by a map",
    map: spec,
    recognises: isObject,
    unmatched: () => [...unmatched].map(([target, { name }]) => `${target}=${name}`),
    read: (document) => {
      const record = exactRecord(document);
      for (const [target, place] of unmatched)
        if (valueAt(record, place) !== undefined) unmatched.delete(target);
      return [readMapped(record, mapping)];
    },
  };
}

type Find = <T>(target: Target, read: (value: unknown, name: string) => T) => T | undefined;

function readMapped(record: Record<string, unknown>, mapping: Mapping): Trace11 {
  /** Null is what a program writes for nothing, and so is an empty cell of a table. */
  const find: Find = (target, read) => {
    const place = mapping.get(target);
    const value = place && valueAt(record, place);
    return place === undefined || value === undefined || value === null || value === ""
      ? undefined
      : read(value, place.name);
  };
  const text = (target: Target, maxLength: number) =>
    find(target, (value, name) => toText(value, name, maxLength));
  const count = (target: Target) => find(target, toCount);

  const said = readSaid(record, mapping, find);
  const { word, reason } = readFinishReason(text("finish_reason", 1_000), said.finishReason);
  const rollout = withoutUndefined({
    run: text("run", 200),
    split: text("split", 64),
    train_step: count("train_step"),
    prompt_id: text("group", 256),
    sample_index: count("sample_index"),
  });
  const generation = withoutUndefined({
    model: text("model", 256),
    finish_reason: reason,
    prompt_tokens: count("prompt_tokens"),
    completion_tokens: count("completion_tokens"),
  });
  const reference = find("expected", toReference);
  const scores = readScores(record, mapping);
  const meta = readMeta(record, mapping, {
    source: text("source", 1_000),
    tags: find("tags", toTags),
    finish_reason: word,
    ...said.meta,
  });
  return {
    trace_version: "1.1",
    ...withoutUndefined({ id: find("id", toUuid) }),
    ...said.asked,
    final_answer: said.finalAnswer,
    ...(isFilled(rollout) && { rollout }),
    ...(isFilled(generation) && { generation }),
    ...(reference && { reference }),
    steps: said.steps,
    ...(scores.length > 0 && { scores }),
    ...(isFilled(meta) && { meta }),
  };
}

function readSaid(record: Record<string, unknown>, mapping: Mapping, find: Find) {
  const member = (target: Target) => {
    const place = mapping.get(target);
    return { value: place && valueAt(record, place), name: place?.name ?? target };
  };
  const prompt = member("prompt");
  const asked = readPrompt(prompt.value, prompt.name);
  const given = find("answer", (value, name) => toText(value, name, 1_000_000));
  if (mapping.has("completion")) {
    const { value, name } = member("completion");
    const completion = typeof value === "number" ? String(value) : asConversation(value);
    const { extras, ...read } = readCompletion(completion, prompt.value, name);
    const meta = extras.length > 0 ? { message_extras: extras } : {};
    return { ...read, asked, meta, finalAnswer: given ?? read.finalAnswer };
  }
  if (mapping.has("steps")) {
    const { value, name } = member("steps");
    return { ...readMappedSteps(value, name), asked, finalAnswer: given ?? null };
  }
  if (given === undefined) throw invalidMember(member("answer").name, "a text that is not empty");
  return { steps: [], asked, finalAnswer: given, finishReason: undefined, meta: {} };
}

function readPrompt(value: unknown, name: string): Pick<Trace11, "prompt" | "messages"> {
  const list = asConversation(value);
  const messages = Array.isArray(list) ? readMessages(list, name) : undefined;
  const prompt = messages === undefined ? toText(value, name, 2_000_000) : promptText(messages);
  if (prompt === "") throw invalidMember(name, "a text that is not empty");
  return { prompt, ...(messages && { messages }) };
}

/** A cell of a table holds messages as the text of their JSON. */
function asConversation(value: unknown): unknown {
  const list = typeof value === "string" && value.startsWith("[") ? parseEmbedded(value) : undefined;
  return Array.isArray(list) && list.length > 0 && list.every(isMessage) ? list : value;
}

/** A word that is not known here is kept beside its meaning. */
function readFinishReason(stated: string | undefined, seen: FinishReason | undefined) {
  const known = toFinishReason(stated);
  return { reason: known ?? seen, word: known === "unknown" && stated !== known ? stated : undefined };
}

/** A score that is null was tried and failed; one that is absent was not tried. */
function readScores(record: Record<string, unknown>, mapping: Mapping): TraceScore[] {
  return [...mapping].flatMap(([target, place]) => {
    if (target !== "reward" && !target.startsWith("score.")) return [];
    const value = valueAt(record, place);
    if (value === undefined) return [];
    return toScore(target.replace(/^score\./, ""), toScoreValue(value, place.name), "mapped");
  });
}

/** What the map gave a name in `meta`, then all that it did not name; what would stand in the way goes aside. */
function readMeta(
  record: Record<string, unknown>,
  mapping: Mapping,
  known: Record<string, unknown>,
): Record<string, unknown> {
  const named = withoutUndefined(known);
  for (const [target, place] of mapping) {
    const value = target.startsWith("meta.") ? valueAt(record, place) : undefined;
    if (value !== undefined) named[target.slice("meta.".length)] = value;
  }
  const rest = Object.entries(withoutPlaces(record, [...mapping.values()]));
  const isInTheWay = ([name]: [string, unknown]) => Object.hasOwn(named, name);
  const aside = rest.filter((entry) => isInTheWay(entry) || entry[0] === "unmapped");
  return {
    ...named,
    ...Object.fromEntries(rest.filter((entry) => !aside.includes(entry))),
    ...(aside.length > 0 && { unmapped: Object.fromEntries(aside) }),
  };
}

function toUuid(value: unknown, name: string): string {
  if (typeof value === "string" && UUID.test(value)) return value;
  throw invalidMember(name, "a UUID");
}

function withoutUndefined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

function isFilled(members: object): boolean {
  return Object.keys(members).length > 0;
}

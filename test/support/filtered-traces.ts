// Random traces, random filters, and what a filter means without a database.

export type Filters = Record<string, unknown>;

interface SentScore {
  name: string;
  value: number | null;
  status: string;
  by: string;
  step_i?: number;
}

export interface SentTrace {
  id: string;
  created_at: string;
  trace_version: string;
  prompt: string;
  final_answer: string | null;
  rollout?: { run: string | null; split: string | null; train_step: number | null; prompt_id: string };
  generation?: { model: string | null; finish_reason: string | null; completion_tokens: number | null };
  steps: { i: number; type: string; content: string }[];
  scores?: SentScore[];
  meta: Record<string, unknown> | null;
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function choices(seed: number) {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    below,
    chance: (share: number) => random() < share,
    one: <T>(values: readonly T[]) => values[below(values.length)] as T,
    some: <T>(values: readonly T[]) => values.filter(() => random() < 0.4),
  };
}

const SOURCES = ["s'1", "s2", "s3"];
const MODELS = ["model-0", "model-1"];
const TAGS = ["a", 'b,{}"\\', "c"];
const TYPES = ["think", "act", "check"];
const REWARDS = [0, 0.5, 1];

export function randomTraces(count: number): SentTrace[] {
  return Array.from({ length: count }, (_, index) => randomTrace(index));
}

function randomTrace(index: number): SentTrace {
  const { below, chance, one, some } = choices(1_000 + index);
  const isNew = chance(0.7);
  const steps = Array.from({ length: 1 + below(4) }, (_, i) => ({
    i,
    type: one(TYPES),
    content: "𝒙y".repeat(1 + below(6)),
  }));
  const meta = {
    ...(chance(0.8) && { source: one(SOURCES) }),
    ...(chance(0.7) && { tags: some(TAGS) }),
    ...(chance(0.5) && { level: one([5, "5", 6]) }),
    ...(chance(0.3) && { deep: { key: one(["x", "y"]) } }),
    ...(chance(0.3) && { "dotted.key": one([true, "true", false]) }),
    ...(chance(0.3) && { list: one([[1, 2], [2, 1], [1]]) }),
    ...(chance(0.2) && { nothing: null }),
    ...(chance(0.1) && { big: "12345678901234567890" }),
  };
  return {
    id: `00000000-0000-4000-8000-${(below(2 ** 20) * 4096 + index).toString(16).padStart(12, "0")}`,
    // Few times, so that many traces share one.
    created_at: new Date(Date.UTC(2026, 0, 1 + below(20), 10)).toISOString(),
    trace_version: isNew ? "1.1" : "1.0",
    prompt: "p".repeat(1 + below(30)),
    final_answer: "a".repeat(1 + below(30)),
    steps,
    meta: chance(0.1) ? null : meta,
    ...(isNew && {
      rollout: {
        run: chance(0.2) ? null : `run-${below(3)}`,
        split: one(["train", "validation", null]),
        train_step: chance(0.2) ? null : below(5),
        prompt_id: `prompt-${below(5)}`,
      },
      generation: {
        model: chance(0.2) ? null : one(MODELS),
        finish_reason: one(["stop", "length", null]),
        completion_tokens: chance(0.3) ? null : below(100),
      },
      scores: [
        ...(chance(0.6) ? [{ name: "reward", value: one(REWARDS), status: "ok", by: "v" }] : []),
        ...(chance(0.2) ? [{ name: "reward", value: null, status: "error", by: "w" }] : []),
        ...(chance(0.4) ? [{ name: "a.b", value: below(3), status: "ok", by: "v" }] : []),
        ...(chance(0.4) ? [{ name: "a.b", value: below(3), status: "ok", by: "v", step_i: 0 }] : []),
      ],
    }),
  };
}

/** One to four filters. */
export function randomFilters(seed: number): Filters {
  const { below, one, some } = choices(seed);
  const makers: (() => Filters)[] = [
    () => ({ version: one(["1.0", "1.1"]) }),
    () => ({ run: `run-${below(4)}` }),
    () => ({ split: one(["train", "validation"]) }),
    () => ({ train_step: below(6) }),
    () => ({ min_train_step: below(5) }),
    () => ({ max_train_step: below(5) }),
    () => ({ group: `prompt-${below(6)}` }),
    () => ({ finish_reason: one(["stop", "length"]) }),
    () => ({ source: one(SOURCES) }),
    () => ({ model: one(MODELS) }),
    () => ({ tag: [one(TAGS), ...some(TAGS)] }),
    () => ({ step_type: one(TYPES) }),
    () => ({ min_steps: 1 + below(4) }),
    () => ({ max_steps: 1 + below(4) }),
    () => ({ min_chars: below(80) }),
    () => ({ max_chars: below(80) }),
    () => ({ min_tokens: below(100) }),
    () => ({ max_tokens: below(100) }),
    () => ({ created_from: `2026-01-${10 + below(10)}` }),
    () => ({ created_before: `2026-01-${10 + below(10)}T10:00:00Z` }),
    () => ({ "score.reward": one(REWARDS) }),
    () => ({ "min_score.reward": one(REWARDS) }),
    () => ({ "max_score.a.b": below(3) }),
    () => ({ "score_status.reward": one(["ok", "error"]) }),
    () => ({ "meta.level": one(["5", "6", '"5"']) }),
    () => ({ "meta.deep.key": one(["x", "y"]) }),
    () => ({ has: [one(["level", "deep", "list"])] }),
    () => ({ not_source: [one(SOURCES)] }),
    () => ({ not_model: [one(MODELS)] }),
    () => ({ not_tag: [one(TAGS)] }),
    () => ({ not_run: [`run-${below(3)}`] }),
  ];
  return Object.assign({}, ...Array.from({ length: 1 + below(4) }, () => one(makers)()));
}

export function toQueryString(filters: Filters): string {
  return Object.entries(filters)
    .flatMap(([name, value]) =>
      [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`),
    )
    .join("&");
}

/** Whether the trace has all that is asked for. */
export function passes(trace: SentTrace, filters: Filters): boolean {
  return Object.entries(filters).every(([name, wanted]) => passesOne(trace, name, wanted));
}

const length = (text: string | null) => [...(text ?? "")].length;
const asTime = (text: string) => Date.parse(text.includes("T") ? text : `${text}T00:00:00Z`);

function passesOne(trace: SentTrace, name: string, wanted: unknown): boolean {
  const { rollout, generation, steps, scores = [], meta } = trace;
  const least = (value: number | null | undefined) => value != null && value >= (wanted as number);
  const most = (value: number | null | undefined) => value != null && value <= (wanted as number);
  const without = (value: string | null | undefined) =>
    value == null || !(wanted as string[]).includes(value);
  const source = meta?.source as string | undefined;
  const tags = (meta?.tags ?? []) as string[];
  const chars =
    length(trace.prompt) +
    length(trace.final_answer) +
    steps.reduce((sum, { content }) => sum + length(content), 0);
  const simple: Record<string, () => boolean> = {
    version: () => trace.trace_version === wanted,
    run: () => rollout?.run === wanted,
    split: () => rollout?.split === wanted,
    train_step: () => rollout?.train_step === wanted,
    min_train_step: () => least(rollout?.train_step),
    max_train_step: () => most(rollout?.train_step),
    group: () => rollout?.prompt_id === wanted,
    finish_reason: () => generation?.finish_reason === wanted,
    source: () => source === wanted,
    model: () => generation?.model === wanted,
    tag: () => (wanted as string[]).every((tag) => tags.includes(tag)),
    step_type: () => steps.some(({ type }) => type === wanted),
    min_steps: () => least(steps.length),
    max_steps: () => most(steps.length),
    min_chars: () => least(chars),
    max_chars: () => most(chars),
    min_tokens: () => least(generation?.completion_tokens),
    max_tokens: () => most(generation?.completion_tokens),
    created_from: () => Date.parse(trace.created_at) >= asTime(wanted as string),
    created_before: () => Date.parse(trace.created_at) < asTime(wanted as string),
    has: () => (wanted as string[]).every((key) => meta !== null && key in meta),
    not_source: () => without(source),
    not_model: () => without(generation?.model),
    not_tag: () => !(wanted as string[]).some((tag) => tags.includes(tag)),
    not_run: () => without(rollout?.run),
  };
  if (simple[name] !== undefined) return simple[name]();
  const [, prefix, rest] = /^(\w+)\.(.+)$/.exec(name) ?? [];
  if (prefix === "meta") return hasValue(meta, rest as string, wanted as string);
  return scores.some(
    ({ name: scored, value, status, step_i }) =>
      scored === rest &&
      step_i === undefined &&
      ((prefix === "score" && value === wanted) ||
        (prefix === "min_score" && least(value)) ||
        (prefix === "max_score" && most(value)) ||
        (prefix === "score_status" && status === wanted)),
  );
}

/** As text, or as the JSON that the text is. */
function hasValue(meta: unknown, path: string, wanted: string): boolean {
  const parts = path === '"dotted.key"' ? ["dotted.key"] : path.split(".");
  const found = parts.reduce<unknown>(
    (value, part) => (value as Record<string, unknown> | null)?.[part],
    meta,
  );
  if (found === undefined) return false;
  const texts = [JSON.stringify(wanted), wanted];
  return texts.includes(JSON.stringify(found));
}

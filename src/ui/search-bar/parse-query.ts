// The search bar's language: `source:gsm8k tag:math steps:>10 -model:x "carry the one"`. It says the same as the
// filters of the API; what can't be read gets a message, never a silent drop.

export type FilterParameters = Record<string, string | string[]>;

export interface QueryProblem {
  /** Where in the text it stands. */
  from: number;
  to: number;
  message: string;
}

export interface QueryTerm {
  from: number;
  to: number;
  isNegated: boolean;
  /** Undefined for words that are looked for in the texts. */
  key: string | undefined;
  value: string;
}

export interface ParsedQuery {
  parameters: FilterParameters;
  problems: QueryProblem[];
  terms: QueryTerm[];
}

/** Keys with a word for a value, and the parameter they become. */
const words: Record<string, string> = {
  version: "version",
  run: "run",
  split: "split",
  group: "group",
  finish: "finish_reason",
  source: "source",
  model: "model",
  step_type: "step_type",
};
/** Keys that may be said several times. */
export const lists: Record<string, string> = { tag: "tag", has: "has", id: "id" };
export const negatable = ["source", "model", "tag", "run"];
/** Keys with a whole number or a range of them. */
const counts: Record<string, string> = {
  steps: "steps",
  chars: "chars",
  tokens: "tokens",
  train_step: "train_step",
};

export const queryKeys: readonly [key: string, example: string][] = [
  ["source", "source:gsm8k"],
  ["model", "model:qwen3-8b"],
  ["run", "run:dapo-07"],
  ["tag", "tag:math"],
  ["split", "split:train"],
  ["finish", "finish:length"],
  ["step_type", "step_type:tool_call"],
  ["steps", "steps:>10"],
  ["chars", "chars:1000..5000"],
  ["tokens", "tokens:>=8000"],
  ["train_step", "train_step:100..200"],
  ["reward", "reward:>=0.5"],
  ["score.", "score.correct:1"],
  ["score_status.", "score_status.reward:error"],
  ["created", "created:>=2026-01-31"],
  ["meta.", "meta.level:5"],
  ["has", "has:level"],
  ["version", "version:1.1"],
  ["group", "group:dapo-1234"],
  ["id", "id:019ab3c4-…"],
];

const TERM = /(-?)(?:([A-Za-z_]\w*(?:\.(?:"(?:[^"\\]|\\.)*"|[^\s:"])+)?):)?("(?:[^"\\]|\\.)*"?|[^\s"]*)/y;

export function parseQuery(text: string): ParsedQuery {
  const terms = [...findTerms(text)];
  const parameters: FilterParameters = {};
  const problems: QueryProblem[] = [];
  const set = (name: string, value: string) => {
    if (name in parameters) throw new Error("is said twice; one of them must go");
    parameters[name] = value;
  };
  const add = (name: string, value: string) => {
    parameters[name] = [...((parameters[name] as string[] | undefined) ?? []), value];
  };
  for (const term of terms) {
    if (term.key === undefined) continue;
    try {
      readTerm(term, term.key, set, add);
    } catch (error) {
      const { from, to, key } = term;
      problems.push({ from, to, message: `“${key}” ${(error as Error).message}` });
    }
  }
  const free = terms.filter(({ key }) => key === undefined);
  if (free.length > 0) parameters.q = free.map(({ from, to }) => text.slice(from, to)).join(" ");
  return { parameters, problems, terms };
}

function* findTerms(text: string): Generator<QueryTerm> {
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    TERM.lastIndex = at;
    const [raw = "", sign, key, value = ""] = TERM.exec(text) ?? [];
    const to = at + Math.max(raw.length, 1);
    // A colon within a phrase, or after a lone sign, is no key's.
    yield { from: at, to, isNegated: sign === "-", key, value: unquote(value) };
    at = to;
  }
}

type Put = (name: string, value: string) => void;

/** Throws with the end of a sentence that begins with the key. */
function readTerm(term: QueryTerm, key: string, set: Put, add: Put): void {
  const { value, isNegated } = term;
  if (value === "") throw new Error("needs a value after the colon");
  if (isNegated) {
    if (!negatable.includes(key))
      throw new Error(`can't be left out with a minus; ${negatable.join(", ")} can`);
    add(`not_${key}`, value);
    return;
  }
  const word = own(words, key);
  const list = own(lists, key);
  const count = own(counts, key);
  if (word !== undefined) set(word, value);
  else if (list !== undefined) add(list, value);
  else if (count !== undefined) readCount(count, value, set);
  else if (key === "created") readCreated(value, set);
  else if (key === "reward") readScore("reward", value, set);
  else if (key.startsWith("score.")) readScore(key.slice("score.".length), value, set);
  else if (/^(score_status|meta)\../.test(key)) set(key, value);
  else throw new Error(`is not known here; keys are ${queryKeys.map(([name]) => name).join(", ")}`);
}

function own(table: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

interface Range {
  operator: ">" | ">=" | "<" | "<=" | "..";
  low: string;
  high: string;
}

function readRange(value: string): Range | undefined {
  const [, low, high] = /^(.*?)\.\.(.*)$/.exec(value) ?? [];
  if (low !== undefined && high !== undefined) return { operator: "..", low, high };
  const [, operator, bound = ""] = /^(>=|<=|>|<)(.*)$/.exec(value) ?? [];
  if (operator === undefined) return undefined;
  return { operator: operator as Range["operator"], low: bound, high: bound };
}

function readCount(name: string, value: string, set: Put): void {
  const whole = (text: string, shift = 0) => {
    if (!/^\d{1,9}$/.test(text))
      throw new Error('needs whole numbers, such as "10", ">10", "<=10" or "10..20"');
    return String(Number(text) + shift);
  };
  const range = readRange(value);
  if (range === undefined) {
    for (const one of name === "train_step" ? [name] : [`min_${name}`, `max_${name}`]) set(one, whole(value));
    return;
  }
  const { operator, low, high } = range;
  if (operator === "<" && high === "0") throw new Error("can't be less than 0");
  const hasLow = operator.startsWith(">") || (operator === ".." && low !== "");
  const hasHigh = operator.startsWith("<") || (operator === ".." && high !== "");
  if (!hasLow && !hasHigh) whole("");
  if (hasLow) set(`min_${name}`, whole(low, operator === ">" ? 1 : 0));
  if (hasHigh) set(`max_${name}`, whole(high, operator === "<" ? -1 : 0));
}

function readScore(name: string, value: string, set: Put): void {
  const number = (text: string) => {
    if (!/^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text))
      throw new Error('needs numbers, such as "1", ">=0.5", "<=0.5" or "0..0.5"');
    return text;
  };
  const range = readRange(value);
  if (range === undefined) {
    set(`score.${name}`, number(value));
    return;
  }
  const { operator, low, high } = range;
  if (operator === ">" || operator === "<") throw new Error('takes bounds that count: ">=" and "<="');
  if (operator === ">=" || (operator === ".." && low !== "")) set(`min_score.${name}`, number(low));
  if (operator === "<=" || (operator === ".." && high !== "")) set(`max_score.${name}`, number(high));
}

const DAY_MS = 86_400_000;

/** A day counts whole, wherever the range begins or ends; the API's upper bound does not count. */
function readCreated(value: string, set: Put): void {
  const start = (text: string) => {
    if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(Date.parse(text)))
      throw new Error(
        'needs days or times, such as "2026-01-31", ">=2026-01-31" or "2026-01-01..2026-01-31"',
      );
    return text;
  };
  const end = (text: string) =>
    /^\d{4}-\d\d-\d\d$/.test(start(text))
      ? new Date(Date.parse(text) + DAY_MS).toISOString().slice(0, 10)
      : new Date(Date.parse(text) + 1).toISOString();
  const { operator, low, high } = readRange(value) ?? { operator: "..", low: value, high: value };
  if (operator === ">=" || (operator === ".." && low !== "")) set("created_from", start(low));
  if (operator === ">") set("created_from", end(low));
  if (operator === "<") set("created_before", start(high));
  if (operator === "<=" || (operator === ".." && high !== "")) set("created_before", end(high));
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  const inner = value.length > 1 && value.endsWith('"') ? value.slice(1, -1) : value.slice(1);
  return inner.replaceAll(/\\(["\\])/g, "$1");
}

/** A value as it must be written after a key. */
export function quoteValue(value: string): string {
  if (value !== "" && !/[\s"]/.test(value)) return value;
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

// What somebody is about to write in the search bar: a key, or a value after one.
import type { FacetField } from "../../contract/stats.ts";
import { type Term, writeTerm } from "./edit-query.ts";
import { fieldOfKey } from "./facet-terms.ts";
import { negatable, parseQuery, queryKeys } from "./parse-query.ts";

/** The part of the text that is about to be completed, and with what. */
export interface Completing {
  from: number;
  to: number;
  isNegated: boolean;
  /** What stands there so far. */
  prefix: string;
  /** The key whose value it is; undefined while the key itself is written. */
  key: string | undefined;
  /** Where values, or the rest of the key, come from. */
  field: FacetField | undefined;
}

export interface Option {
  /** The text that takes the place. */
  text: string;
  label: string;
  /** What stands behind it: an example, a count. */
  hint: string;
}

const statuses = ["ok", "invalid", "error", "pending"];

export function completingAt(text: string, caret: number): Completing | undefined {
  const term = parseQuery(text).terms.find(({ from, to }) => from < caret && caret <= to);
  if (term === undefined) return { from: caret, to: caret, ...nothing };
  const { from, to, key, value, isNegated } = term;
  const place = { from, to, isNegated };
  if (key !== undefined) return { ...place, prefix: value, key, field: fieldOfKey(key) };
  const written = text.slice(from + Number(isNegated), to);
  if (!/^[\w.]*$/.test(written)) return undefined;
  const [, dotted, rest] = /^(score|score_status|meta)\.(.*)$/.exec(written) ?? [];
  if (dotted === undefined) return { ...place, prefix: written, key: undefined, field: undefined };
  return { ...place, prefix: rest ?? "", key: `${dotted}.`, field: dotted === "meta" ? "meta" : "score" };
}

const nothing = { isNegated: false, prefix: "", key: undefined, field: undefined };

/** Whether a key that ends in a dot still lacks its name. */
const isOpenKey = (key: string) => key.endsWith(".");

/** The options that are known without asking. */
export function knownOptions({ key, prefix, isNegated }: Completing): Option[] {
  if (key === undefined) {
    return queryKeys
      .filter(([name]) => name.startsWith(prefix) && (!isNegated || negatable.includes(name)))
      .map(([name, example]) => ({
        text: `${isNegated ? "-" : ""}${name}${isOpenKey(name) ? "" : ":"}`,
        label: `${name}${isOpenKey(name) ? "" : ":"}`,
        hint: `${isNegated ? "-" : ""}${example}`,
      }));
  }
  if (key.startsWith("score_status.") && !isOpenKey(key)) {
    return statuses
      .filter((status) => status.startsWith(prefix))
      .map((status) => ({ text: `${key}:${status} `, label: status, hint: "" }));
  }
  return [];
}

/** The option for a value that the server knows; undefined for a name that the search bar has no way to write. */
export function valueOption({ key, isNegated }: Completing, value: string, hint: string): Option | undefined {
  if (key === undefined) return undefined;
  if (!isOpenKey(key)) {
    const term: Term = { key, value, isNegated };
    return { text: `${writeTerm(term)} `, label: value, hint };
  }
  const name = /^[\w-]+$/.test(value) ? value : key === "meta." ? JSON.stringify(value) : undefined;
  return name === undefined ? undefined : { text: `${key}${name}:`, label: value, hint };
}

/** The text with the option in its place, and where the caret goes. */
export function complete(
  text: string,
  { from, to }: Completing,
  option: Option,
): { text: string; caret: number } {
  const rest = text.slice(to);
  const written = rest.startsWith(" ") ? option.text.trimEnd() : option.text;
  const caret = from + written.length + Number(rest.startsWith(" ") && option.text.endsWith(" "));
  return { text: text.slice(0, from) + written + rest, caret };
}

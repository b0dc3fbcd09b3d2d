// The search bar's text, changed term by term.
import { lists, parseQuery, type QueryTerm, quoteValue } from "./parse-query.ts";

export interface Term {
  key: string;
  value: string;
  isNegated?: boolean;
}

export function hasTerm(text: string, wanted: Term): boolean {
  return parseQuery(text).terms.some((term) => isSame(term, wanted));
}

/**
 * Adds the term, or takes it out where it stands. What contradicts it goes: its opposite, and of a key with one value
 * the other.
 */
export function toggleTerm(text: string, wanted: Term): string {
  const { key, value, isNegated = false } = wanted;
  const isSingle = !isNegated && !Object.hasOwn(lists, key);
  const isThere = hasTerm(text, wanted);
  const kept = parseQuery(text).terms.filter(
    (term) => term.key !== key || (term.value !== value && !(isSingle && !isThere && !term.isNegated)),
  );
  const parts = kept.map(({ from, to }) => text.slice(from, to));
  if (!isThere) parts.push(writeTerm(wanted));
  return parts.join(" ");
}

export function writeTerm({ key, value, isNegated }: Term): string {
  return `${isNegated ? "-" : ""}${key}:${quoteValue(value)}`;
}

function isSame(term: QueryTerm, { key, value, isNegated = false }: Term): boolean {
  return term.key === key && term.value === value && term.isNegated === isNegated;
}

import { hasTerm, toggleTerm } from "../../search-bar/parse-query.ts";

/** The search bar's text with a further term. */
export function narrow(query: string, key: string, value: string): string {
  return hasTerm(query, key, value) ? query : toggleTerm(query, key, value);
}

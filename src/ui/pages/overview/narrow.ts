import { hasTerm, toggleTerm } from "../../search-bar/edit-query.ts";

/** The search bar's text with a further term. */
export function narrow(query: string, key: string, value: string): string {
  const term = { key, value };
  return hasTerm(query, term) ? query : toggleTerm(query, term);
}

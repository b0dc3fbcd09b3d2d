/** What the address of the list says. */
export interface TracesSearch {
  /** The search bar's text. */
  query?: string | undefined;
  /** An order of the API's; the newest first unless said. */
  sort?: string | undefined;
  /** The trace shown in the panel. */
  peek?: string | undefined;
}

export function readTracesSearch(search: Record<string, unknown>): TracesSearch {
  return pickTexts(search, ["query", "sort", "peek"]);
}

export function pickTexts<Name extends string>(
  search: Record<string, unknown>,
  names: readonly Name[],
): { [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === "string" && value !== "") found[name] = value;
  }
  return found;
}

import type { TraceFilters } from "../contract/filters.ts";
import type { Database } from "../store/database.ts";
import { catchUpIndex } from "../store/search/catch-up-index.ts";
import { type CommandContext, print } from "./context.ts";

/** Where no server has indexed what was imported, a command that searches does so first: it must not miss a trace. */
export async function makeSearchable(
  { stderr }: CommandContext,
  database: Database,
  { q }: TraceFilters,
): Promise<void> {
  if (q === undefined) return;
  await catchUpIndex(database.pool, {
    connect: () => database.connect(),
    onPending: (traces) => print(stderr, `Making ${traces} traces searchable first`),
  });
}

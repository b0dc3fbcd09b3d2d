// Runs spring into being when a trace first names them.
import type { Queryable } from "../database.ts";

/** The number of each run that is named, made where it doesn't exist. */
export async function ensureRuns(
  db: Queryable,
  runs: readonly (string | null)[],
): Promise<Map<string, number>> {
  const names = [...new Set(runs)].filter((run) => run !== null);
  if (names.length === 0) return new Map();
  const ids = await findRuns(db, names);
  const missing = names.filter((name) => !ids.has(name));
  if (missing.length === 0) return ids;
  // In one order everywhere, so that two who make the same runs don't wait for each other.
  await db.query("INSERT INTO runs (name) SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING", [
    missing.sort(),
  ]);
  return findRuns(db, names);
}

async function findRuns(db: Queryable, names: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.query("SELECT name, id FROM runs WHERE name = ANY($1::text[])", [names]);
  return new Map(rows.map((row) => [row.name, row.id]));
}

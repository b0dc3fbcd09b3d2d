// Renaming, hiding and describing a run: one row's change, all of it or nothing.
import type pg from "pg";
import sql from "sql-template-tag";
import { AppError } from "../../contract/errors.ts";
import type { Run, RunPatch } from "../../contract/runs.ts";
import { hasState, UNIQUE_VIOLATION } from "../sql-states.ts";
import { inTransaction } from "../transaction.ts";
import { getRun, runNotFound } from "./list-runs.ts";

/** Changes what the patch names; returns the run as it then is. Throws 404, or 409 when the new name is taken. */
export async function changeRun(pool: pg.Pool, name: string, patch: RunPatch): Promise<Run> {
  const newName = patch.name ?? name;
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(sql`SELECT id, config FROM runs WHERE name = ${name} FOR UPDATE`);
    const [found] = rows;
    if (found === undefined) throw runNotFound(name);
    const config = patch.config === null ? {} : mergePatch(found.config, patch.config ?? {});
    await client
      .query(sql`
        UPDATE runs
        SET name = ${newName}, config = ${JSON.stringify(config)}::jsonb,
            hidden_at = CASE WHEN coalesce(${patch.hidden ?? null}::boolean, hidden_at IS NOT NULL)
                             THEN coalesce(hidden_at, now()) END
        WHERE id = ${found.id}`)
      .catch((error) => {
        throw hasState(error, UNIQUE_VIOLATION) ? nameTaken(newName) : error;
      });
    return getRun(client, newName);
  });
}

function nameTaken(name: string): AppError {
  return new AppError(
    "run_name_taken",
    `There is a run with the name "${name}" already; choose another, or rename or delete that one`,
  );
}

/** RFC 7396: members of the patch replace, objects are merged likewise, null removes. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Which migrations the database has and which it lacks; applying them is node-pg-migrate's work.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import type { Queryable } from "./database.ts";

const MIGRATIONS_DIR = fileURLToPath(new URL("../../migrations", import.meta.url));
const TABLE = "schema_migrations";
const OLDEST_SERVER = 15;

export interface MigrationState {
  applied: string[];
  pending: string[];
  /** Applied to the database, but not known here: a newer program has been at work. */
  unknown: string[];
}

export async function readMigrationState(db: Queryable): Promise<MigrationState> {
  const { rows } = await db.query(`SELECT to_regclass('${TABLE}') IS NOT NULL AS exists`);
  const applied = rows[0].exists
    ? (await db.query(`SELECT name FROM ${TABLE} ORDER BY id`)).rows.map((row) => row.name as string)
    : [];
  const known = listMigrations();
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

/** Throws `schema_newer` where a newer program has migrated the database. */
export function refuseNewerSchema(state: MigrationState): void {
  if (state.unknown.length === 0) return;
  throw new AppError(
    "schema_newer",
    `The database has migrations that this version of Tunix RT does not know (${state.unknown.join(", ")}): install the newer version that made them`,
  );
}

/** Applies all pending migrations; safe to call from several starting servers at once. Returns their names. */
export async function migrateUp(client: pg.Client): Promise<string[]> {
  await refuseOldServer(client);
  const state = await readMigrationState(client);
  refuseNewerSchema(state);
  return state.pending.length === 0 ? [] : run(client, "up", Number.POSITIVE_INFINITY);
}

/** Takes back the newest `count` migrations, and what they hold. Returns their names. */
export async function migrateDown(client: pg.Client, count: number): Promise<string[]> {
  refuseNewerSchema(await readMigrationState(client));
  return run(client, "down", count);
}

async function run(client: pg.Client, direction: "up" | "down", count: number): Promise<string[]> {
  // Loaded when needed: it takes longer than everything else an up-to-date start does.
  const { runner } = await import("node-pg-migrate");
  const quiet = () => {};
  try {
    const migrations = await runner({
      dbClient: client,
      dir: MIGRATIONS_DIR,
      migrationsTable: TABLE,
      direction,
      count,
      advisoryLockMode: "wait",
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    return migrations.map((migration) => migration.name);
  } catch (cause) {
    throw new AppError(
      "migration_failed",
      `Migrating ${direction} failed and was undone: ${(cause as Error).message}`,
      { cause },
    );
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query("SELECT current_setting('server_version_num')::int / 10000 AS major");
  if (rows[0].major < OLDEST_SERVER) {
    throw new AppError(
      "store_version",
      `The server of DATABASE_URL is PostgreSQL ${rows[0].major}; ${OLDEST_SERVER} or newer is needed`,
    );
  }
}

function listMigrations(): string[] {
  return readdirSync(MIGRATIONS_DIR)
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.slice(0, -".sql".length))
    .sort();
}

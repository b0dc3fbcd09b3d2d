// What a command is given, and the way it gets at the store.
import type { Readable, Writable } from "node:stream";
import { type Config, type Environment, loadConfig, readEnvironment } from "../config.ts";
import { AppError } from "../contract/errors.ts";
import { Database } from "../store/database.ts";
import { migrateUp, readMigrationState, refuseNewerSchema } from "../store/migrations.ts";

/** A stream that may be a terminal. */
export type Terminal = Writable & { isTTY?: boolean; columns?: number };

export interface CommandContext {
  stdin: Readable;
  stdout: Writable;
  stderr: Terminal;
  environment: Environment;
  /** Where `.env` is looked for. */
  directory: string;
  /** What the process will exit with when the command ends without an error. */
  exitCode: number;
  /** Aborted when the process is asked to end. */
  signal: AbortSignal;
}

export function readConfig(context: CommandContext): Config {
  return loadConfig(readEnvironment(context.directory, context.environment));
}

/**
 * Runs `work` on the store, whether or not a server is running on it, and lets go of it afterwards.
 * A command that may write brings the store into being and up to date; one that reads does neither.
 */
export async function withDatabase<T>(
  config: Config,
  command: { name: string; writes: boolean },
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(
    config,
    `tunix-rt ${command.name}, process ${process.pid}`,
    command.writes,
  );
  try {
    if (command.writes) await applyMigrations(database);
    else await requireMigrations(database);
    return await work(database);
  } finally {
    await database.close();
  }
}

export function openDatabase(
  config: Config,
  label: string,
  create: boolean,
  onEvent?: (event: string, error?: unknown) => void,
): Promise<Database> {
  return Database.open({
    dataDir: config.DATA_DIR,
    databaseUrl: config.DATABASE_URL,
    poolSize: config.DB_POOL_SIZE,
    poolTimeoutMs: config.DB_POOL_TIMEOUT * 1000,
    label,
    create,
    ...(onEvent && { onEvent }),
  });
}

/** Applies what is pending on a connection of its own; returns the names. */
export async function applyMigrations(database: Database): Promise<string[]> {
  const client = await database.connect();
  try {
    return await migrateUp(client);
  } finally {
    await client.end();
  }
}

async function requireMigrations(database: Database): Promise<void> {
  const state = await readMigrationState(database.pool);
  refuseNewerSchema(state);
  if (state.pending.length === 0) return;
  throw new AppError(
    "database_unavailable",
    `The database lacks the migrations ${state.pending.join(", ")}; run "tunix-rt migrate up"`,
  );
}

export function print(stream: Writable, text: string): void {
  stream.write(`${text}\n`);
}

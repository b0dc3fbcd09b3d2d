import type { AddressInfo } from "node:net";
import { isIPv6 } from "node:net";
import type { Command } from "commander";
import type { FastifyInstance } from "fastify";
import pino, { type Logger } from "pino";
import type { Config } from "../config.ts";
import { AppError } from "../contract/errors.ts";
import { createRediaiClient } from "../rediai/rediai-client.ts";
import { buildApp } from "../server/app.ts";
import type { Database } from "../store/database.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { version } from "../version.ts";
import { applyMigrations, type CommandContext, openDatabase, print, readConfig } from "./context.ts";

/** Requests still under way this long after the signal are cut off: the whole stop takes 10 s at most. */
const REQUEST_GRACE_MS = 8_000;
const MIGRATION_RETRY_MS = 2_000;

export function addServeCommand(program: Command, context: CommandContext): void {
  program
    .command("serve")
    .description("Serve the API, and start the embedded database if DATABASE_URL is not set")
    .addHelpText("after", "\nExample:\n  $ PORT=9000 DATA_DIR=/mnt/traces tunix-rt serve")
    .action(() => serve(context));
}

/** Serves until the context's signal, then stops in order: requests, pool, embedded server. */
async function serve(context: CommandContext): Promise<void> {
  const config = readConfig(context);
  const logger = pino(
    { level: config.LOG_LEVEL, base: { pid: process.pid } },
    pino.destination({ fd: 2, sync: true }),
  );
  const label = `Tunix RT at ${formatAddress(config.HOST, config.PORT)}, process ${process.pid}`;
  const database = await openDatabase(config, label, true, (event, err) =>
    logger.warn({ event, err }, event),
  );
  try {
    await database.claimServing();
    const stop = new AbortController();
    context.signal.addEventListener("abort", () => stop.abort(), { once: true });
    await migrate(database, logger, stop);
    const app = await buildApp({
      pool: database.pool,
      connect: () => database.connect(),
      rediai: createRediaiClient({
        mode: config.REDIAI_MODE,
        baseUrl: config.REDIAI_BASE_URL,
        healthPath: config.REDIAI_HEALTH_PATH,
        cacheTtlMs: config.REDIAI_HEALTH_CACHE_TTL_SECONDS * 1000,
      }),
      logger,
      traceMaxBytes: config.TRACE_MAX_BYTES,
      maxRecordBytes: config.IMPORT_MAX_RECORD_BYTES,
      allowedHosts: [config.HOST.toLowerCase(), ...config.ALLOWED_HOSTS],
      version,
    });
    const port = await listen(app, config);
    print(context.stdout, `Tunix RT ${version} serves ${formatAddress(config.HOST, port)}`);
    print(context.stdout, `The data lies in ${database.location}; Ctrl+C stops the server`);
    await untilAborted(stop.signal);
    logger.info({ event: "stopping" }, "finishing the requests under way");
    const cutOff = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS);
    await app.close();
    clearTimeout(cutOff);
    if (stop.signal.reason instanceof AppError) throw stop.signal.reason;
  } finally {
    await database.close();
  }
  logger.info({ event: "stopped" }, "stopped");
}

/** A database that can't be reached yet is tried again in the background; requests get a 503 meanwhile. */
async function migrate(database: Database, logger: Logger, stop: AbortController): Promise<void> {
  if (await tryMigrate(database, logger)) return;
  const retry = setInterval(() => {
    tryMigrate(database, logger).then(
      (isDone) => isDone && clearInterval(retry),
      (fault: unknown) => stop.abort(fault),
    );
  }, MIGRATION_RETRY_MS);
  stop.signal.addEventListener("abort", () => clearInterval(retry), { once: true });
}

/** False where the database can't be reached. */
async function tryMigrate(database: Database, logger: Logger): Promise<boolean> {
  try {
    await applyMigrations(database);
    return true;
  } catch (error) {
    const known = toDatabaseError(error);
    if (known?.code !== "database_unavailable") throw known ?? error;
    logger.warn({ event: "database_unavailable", reason: (error as Error).message }, known.message);
    return false;
  }
}

async function listen(app: FastifyInstance, config: Config): Promise<number> {
  try {
    await app.listen({ host: config.HOST, port: config.PORT });
  } catch (cause) {
    await app.close();
    throw await toListenError(cause as NodeJS.ErrnoException, config);
  }
  return (app.server.address() as AddressInfo).port;
}

async function toListenError(error: NodeJS.ErrnoException, { HOST, PORT }: Config): Promise<Error> {
  const address = formatAddress(HOST, PORT);
  if (error.code === "EADDRINUSE") {
    const holder = (await isTunix(address)) ? "another Tunix RT server" : "another program";
    return new AppError(
      "address_in_use",
      `${address} is taken by ${holder}: stop it, or choose another port with PORT`,
    );
  }
  return new AppError(
    "bad_setting",
    `HOST or PORT does not work: cannot listen on ${address} (${error.message})`,
  );
}

async function isTunix(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/api/openapi.json`, { signal: AbortSignal.timeout(1_000) });
    return ((await response.json()) as { info?: { title?: string } }).info?.title === "Tunix RT";
  } catch {
    return false;
  }
}

function formatAddress(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

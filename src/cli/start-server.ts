// The HTTP server of a store, from the claim on the store to the last request: what `serve` and `open` share.
import type { AddressInfo } from "node:net";
import { isIPv6 } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import pino, { type Logger } from "pino";
import type { Config, LogLevel } from "../config.ts";
import { AppError } from "../contract/errors.ts";
import { createRediaiClient } from "../rediai/rediai-client.ts";
import { buildApp } from "../server/app.ts";
import type { Database } from "../store/database.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { startIndexer } from "../store/search/start-indexer.ts";
import { version } from "../version.ts";
import { applyMigrations } from "./context.ts";

/** Requests still under way this long after the signal are cut off: the whole stop takes 10 s at most. */
const REQUEST_GRACE_MS = 8_000;
const MIGRATION_RETRY_MS = 2_000;

export interface ServerOptions {
  config: Config;
  /** Opened with `serverLabel`; the caller closes it once the server has stopped. */
  database: Database;
  logger: Logger;
  /** Stops the server. */
  signal: AbortSignal;
}

export interface StartedServer {
  address: string;
  /** Resolves when the signal has stopped the server; rejects when a fault did. */
  stopped: Promise<void>;
}

/** Resolves when the server listens; throws `store_in_use` or `address_in_use` where another one is in the way. */
export async function startServer(options: ServerOptions): Promise<StartedServer> {
  const { config, database, logger, signal } = options;
  await database.claimServing();
  const stop = new AbortController();
  signal.addEventListener("abort", () => stop.abort(), { once: true });
  if (signal.aborted) stop.abort();
  try {
    await migrate(database, logger, stop);
    const app = await buildServer(options);
    const address = formatAddress(config.HOST, await listen(app, config));
    const stopIndexer = startIndexer(database.connection, {
      onIndexed: (traces) => logger.info({ event: "traces_indexed", traces }, "traces can be searched"),
      onFault: (reason) =>
        logger.warn({ event: "indexing_failed", reason }, "indexing failed; it is tried again"),
    });
    const stopped = stopWhenAsked(app, logger, stop.signal).finally(stopIndexer);
    await database.announceServing(address);
    return { address, stopped };
  } catch (error) {
    stop.abort();
    throw error;
  }
}

function buildServer({ config, database, logger }: ServerOptions): Promise<FastifyInstance> {
  return buildApp({
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
}

async function stopWhenAsked(app: FastifyInstance, logger: Logger, signal: AbortSignal): Promise<void> {
  await untilAborted(signal);
  logger.info({ event: "stopping" }, "finishing the requests under way");
  const cutOff = setTimeout(() => app.server.closeAllConnections(), REQUEST_GRACE_MS);
  await app.close();
  clearTimeout(cutOff);
  if (signal.reason instanceof AppError) throw signal.reason;
}

/** Lines go out 4 KiB at a time, or after 100 ms: written one by one, they were a twentieth of a request's time. */
export function createLogger(level: LogLevel): Logger {
  const destination = pino.destination({ fd: 2, sync: true, minLength: 4_096, periodicFlush: 100 });
  process.on("exit", () => destination.flushSync());
  return pino({ level, base: { pid: process.pid } }, destination);
}

/** What other processes are told of this one when they want to serve the same store. */
export function serverLabel({ HOST, PORT }: Config): string {
  return `Tunix RT at ${formatAddress(HOST, PORT)}, process ${process.pid}`;
}

/** A database that can't be reached yet is tried again in the background; requests get a 503 meanwhile. */
async function migrate(database: Database, logger: Logger, stop: AbortController): Promise<void> {
  if (await tryMigrate(database, logger)) return;
  void (async () => {
    do await sleep(MIGRATION_RETRY_MS, undefined, { signal: stop.signal });
    while (!(await tryMigrate(database, logger)));
  })().catch((fault: unknown) => stop.abort(fault));
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

export async function isTunix(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/api/openapi.json`, { signal: AbortSignal.timeout(1_000) });
    return ((await response.json()) as { info?: { title?: string } }).info?.title === "Tunix RT";
  } catch {
    return false;
  }
}

export function formatAddress(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

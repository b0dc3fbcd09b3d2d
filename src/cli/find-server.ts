// The server of a store for a command that needs one: its own, or the one that runs already.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../contract/errors.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { listTraces } from "../store/list-traces.ts";
import {
  formatAddress,
  isTunix,
  type ServerOptions,
  type StartedServer,
  startServer,
} from "./start-server.ts";

/** A server that has claimed the store says within this time where it listens. */
const START_WAIT_MS = 10_000;
const RETRY_MS = 200;
const PROBE_TIMEOUT_MS = 2_000;

/** The server of a store; one that another process runs has no `stopped`. */
export type StoreServer = Pick<StartedServer, "address"> & Partial<StartedServer>;

/** Starts a server on the store, unless one runs there. */
export async function startOrFindServer(options: ServerOptions): Promise<StoreServer> {
  const deadline = performance.now() + START_WAIT_MS;
  for (;;) {
    try {
      return await startServer(options);
    } catch (error) {
      const address = await findServer(options, error);
      if (address !== undefined) return { address };
      const isStarting = error instanceof AppError && error.code === "store_in_use";
      if (!isStarting || performance.now() > deadline) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal: options.signal });
  }
}

/**
 * Resolves when the server has stopped on the options' signal. Whoever runs it may stop before: then this process
 * takes its place, and `onTakeOver` is told the address.
 */
export async function keepServed(
  options: ServerOptions,
  server: StoreServer,
  checkMs: number,
  onTakeOver: (address: string) => void,
): Promise<void> {
  let current = server;
  while (current.stopped === undefined && !options.signal.aborted) {
    await sleep(checkMs, undefined, { signal: options.signal }).catch(() => {});
    if (options.signal.aborted || (await isListening(current.address))) continue;
    const started = await startServer(options).catch((error: unknown) => {
      // Another one was quicker, or the database is away: the next turn looks again.
      if (error instanceof AppError || toDatabaseError(error) !== undefined) return undefined;
      throw error;
    });
    if (started === undefined) continue;
    current = started;
    onTakeOver(started.address);
  }
  await current.stopped;
}

/** The address of the server that kept this process from starting one. */
async function findServer(options: ServerOptions, error: unknown): Promise<string | undefined> {
  if (!(error instanceof AppError)) return undefined;
  const { config, database } = options;
  if (error.code === "store_in_use") {
    const address = await database.findServingAddress();
    return address !== undefined && (await isTunix(address)) ? address : undefined;
  }
  if (error.code !== "address_in_use" || config.DATABASE_URL === undefined) return undefined;
  const address = formatAddress(config.HOST, config.PORT);
  return (await hasNewestTrace(address, options)) ? address : undefined;
}

/** Nobody keeps account of who serves a database of one's own; whether this one does, its newest trace tells. */
async function hasNewestTrace(address: string, { database }: ServerOptions): Promise<boolean> {
  const [newest] = (await listTraces(database.pool, { limit: 1 })).data;
  if (newest === undefined) return isTunix(address);
  const url = `${address}/api/traces/${newest.id}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}

/** Asks nothing, so that it leaves no line in the server's log. */
function isListening(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => end(false));
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
  });
}

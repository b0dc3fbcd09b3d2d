// A thread that keeps the search index up to date for as long as the server runs.
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import pg from "pg";
import { Arrivals } from "./arrivals.ts";
import { BATCH_TRACES, type Pace, SearchIndexer, type TakenUp } from "./search-index.ts";

const POLL_MS = 500;
/** Rests twice as long as it worked, up to this: large traces take longer to index than to store. */
const MAX_REST_MS = 2_000;
const RETRY_MS = 2_000;
/** Up to so many traces of 4 KB a second, or what is as much to index, are taken up as they come; more is given way to. */
const BUSY_PER_SECOND = 200;
/** After as much as a thousand of them then, for each that comes in a second: 400 a second are still kept up with. */
const PAUSE_MS = 4;
const MAX_PAUSE_MS = 8_000;
/** Until what comes in shows in PostgreSQL's counters, it may be much. */
const UNKNOWN_MS = 2_000;

const { connection } = workerData as { connection: pg.ClientConfig };
let isStopping = false;
parentPort?.on("message", () => {
  isStopping = true;
});

// On Linux this is the thread's own, elsewhere it would be the whole server's.
if (process.platform === "linux") setPriority(10);

let lastMessage = "";
while (!isStopping) {
  try {
    await indexUntilStopped();
  } catch (error) {
    const { message } = error as Error;
    // A database that is away is away for long: it is told once.
    if (message !== lastMessage) parentPort?.postMessage({ fault: message });
    lastMessage = message;
    await sleep(RETRY_MS);
  }
}
parentPort?.close();

/** Leaves the machine to those who store traces. */
function givingWayTo(arrivals: Arrivals): Pace {
  const start = performance.now();
  return {
    isBusy: async () => {
      const perSecond = await arrivals.perSecond();
      return perSecond >= BUSY_PER_SECOND || performance.now() - start < UNKNOWN_MS;
    },
    async shouldStop({ isFull, work }: TakenUp) {
      // What comes in while the last ones are stored waits for company: a batch costs as much as dozens of traces.
      if (!isFull) return true;
      for (let waitedMs = 0; !isStopping; waitedMs += POLL_MS) {
        const perSecond = await arrivals.perSecond();
        const pauseMs = (Math.min(PAUSE_MS * perSecond, MAX_PAUSE_MS) * work) / BATCH_TRACES;
        if (perSecond < BUSY_PER_SECOND || waitedMs >= pauseMs) break;
        await sleep(POLL_MS);
      }
      return isStopping;
    },
  };
}

async function indexUntilStopped(): Promise<void> {
  const clients = [new pg.Client(connection), new pg.Client(connection)] as const;
  for (const client of clients) client.on("error", () => {});
  try {
    for (const client of clients) await client.connect();
    const [reader] = clients;
    const arrivals = new Arrivals(reader);
    let indexer: SearchIndexer | undefined;
    while (!isStopping) {
      indexer ??= await SearchIndexer.start(...clients);
      const start = performance.now();
      const indexed = (await indexer?.catchUp(givingWayTo(arrivals))) ?? 0;
      lastMessage = "";
      if (indexed > 0) await indexer?.tidy(indexed);
      if (indexed >= BATCH_TRACES) parentPort?.postMessage({ indexed });
      const workedMs = performance.now() - start;
      if (!isStopping) await sleep(Math.max(POLL_MS, Math.min(2 * workedMs, MAX_REST_MS)));
    }
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}

// Figures for Prometheus.
import type { FastifyInstance } from "fastify";
import type pg from "pg";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { readIndexState } from "../store/search/search-index.ts";
import { withTimeLimit } from "./time-limit.ts";

export interface Metrics {
  registry: Registry;
  tracesCreated: Counter;
  tracesRejected: Counter<"reason">;
  tracesDeleted: Counter;
  tracesImported: Counter;
  tracesExported: Counter;
  scoresWritten: Counter;
  scoresDeleted: Counter;
}

/** The metrics of one server; event-loop delay, memory and garbage collection come with the defaults. */
export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "database_pool_connections",
    help: "Connections of the pool by state, and requests waiting for one",
    labelNames: ["state"],
    registers,
    collect() {
      this.set({ state: "busy" }, pool.totalCount - pool.idleCount);
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "waiting" }, pool.waitingCount);
    },
  });
  const pendingAge = new Gauge({
    name: "search_oldest_pending_seconds",
    help: "Since when the oldest trace waits that cannot be searched yet",
    registers,
  });
  new Gauge({
    name: "search_pending_traces",
    help: "Traces that came or went and are not in the search index yet",
    registers,
    async collect() {
      // While the database does not answer, the figures of before stand.
      const state = await withTimeLimit(readIndexState(pool)).catch(() => undefined);
      if (state === undefined) return;
      this.set(state.pending);
      pendingAge.set(state.oldest_seconds ?? 0);
    },
  });
  return {
    registry,
    tracesCreated: new Counter({
      name: "traces_created_total",
      help: "Traces created by single posts",
      registers,
    }),
    tracesRejected: new Counter({
      name: "traces_rejected_total",
      help: "Posts of traces that were refused, by error code",
      labelNames: ["reason"],
      registers,
    }),
    tracesImported: new Counter({
      name: "traces_imported_total",
      help: "Traces stored by imports",
      registers,
    }),
    tracesExported: new Counter({
      name: "traces_exported_total",
      help: "Traces written by exports over HTTP",
      registers,
    }),
    scoresWritten: new Counter({
      name: "scores_written_total",
      help: "Scores stored by themselves, not those inside traces",
      registers,
    }),
    scoresDeleted: new Counter({
      name: "scores_deleted_total",
      help: "Scores deleted by themselves, not with their traces",
      registers,
    }),
    tracesDeleted: new Counter({ name: "traces_deleted_total", help: "Traces deleted", registers }),
  };
}

/** Times every request, and serves `GET /metrics`. */
export function addMetrics(app: FastifyInstance, { registry }: Metrics): void {
  const durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request's head to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    registers: [registry],
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { Health, Readiness, RediHealth } from "../../contract/pages.ts";
import type { RediaiClient } from "../../rediai/rediai-client.ts";
import { readMigrationState } from "../../store/migrations.ts";
import { withTimeLimit } from "../time-limit.ts";

interface HealthOptions {
  pool: pg.Pool;
  rediai: RediaiClient;
}

export const healthRoutes: FastifyPluginAsyncTypebox<HealthOptions> = async (app, { pool, rediai }) => {
  const tags = ["health"];
  app.get(
    "/api/health",
    { logLevel: "warn", schema: { tags, summary: "Whether the process lives", response: { 200: Health } } },
    async () => ({ status: "healthy" as const }),
  );

  app.get(
    "/api/health/ready",
    {
      logLevel: "warn",
      schema: {
        tags,
        summary: "Whether it can serve: the database answers and its schema is up to date",
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = await checkReadiness(pool);
      return reply.code(readiness.status === "ready" ? 200 : 503).send(readiness);
    },
  );

  app.get(
    "/api/redi/health",
    { logLevel: "warn", schema: { tags, summary: "Whether RediAI is well", response: { 200: RediHealth } } },
    () => rediai.health(),
  );
};

async function checkReadiness(pool: pg.Pool): Promise<Readiness> {
  const startedAt = performance.now();
  try {
    const state = await withTimeLimit(readMigrationState(pool));
    const latency_ms = Math.round((performance.now() - startedAt) * 10) / 10;
    const database = { status: "healthy" as const, latency_ms };
    const error = describeMigrations(state.pending.length, state.unknown.length);
    return error === undefined
      ? { status: "ready", checks: { database, migrations: { status: "healthy" } } }
      : { status: "not_ready", checks: { database, migrations: { status: "down", error } } };
  } catch {
    const database = { status: "down" as const, error: "The database does not answer" };
    const migrations = { status: "down" as const, error: "Unknown while the database does not answer" };
    return { status: "not_ready", checks: { database, migrations } };
  }
}

function describeMigrations(pending: number, unknown: number): string | undefined {
  if (unknown > 0) return "The database has migrations that this version does not know";
  return pending > 0 ? `${pending} migrations are still to be applied` : undefined;
}

// The HTTP server, put together: what every request passes through, then the routes.
import { randomBytes } from "node:crypto";
import { type IncomingMessage, maxHeaderSize } from "node:http";
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import type pg from "pg";
import type { Logger } from "pino";
import type { TObject } from "typebox";
import { compileParameters } from "../contract/parameters.ts";
import type { RediaiClient } from "../rediai/rediai-client.ts";
import { checkEncoding } from "./check-encoding.ts";
import { addGuard } from "./guard.ts";
import { addMetrics, createMetrics } from "./metrics.ts";
import { addOpenApi } from "./openapi.ts";
import { addProblems, sendClientError, sendProblem, toAppError } from "./problems.ts";
import { readBody } from "./read-body.ts";
import { compareRoutes } from "./routes/compare.ts";
import { exportRoutes } from "./routes/exports.ts";
import { healthRoutes } from "./routes/health.ts";
import { importRoutes } from "./routes/imports.ts";
import { matchRoutes } from "./routes/matches.ts";
import { runRoutes } from "./routes/runs.ts";
import { scoreRoutes } from "./routes/scores.ts";
import { searchRoutes } from "./routes/search.ts";
import { traceSetRoutes } from "./routes/trace-sets.ts";
import { traceRoutes } from "./routes/traces.ts";
import { addWebApplication } from "./web-application.ts";

export interface AppOptions {
  pool: pg.Pool;
  /** A connection of its own, for work that holds it long. */
  connect(): Promise<pg.Client>;
  rediai: RediaiClient;
  logger: Logger;
  /** Longest body of a single post. */
  traceMaxBytes: number;
  /** Longest record of an import. */
  maxRecordBytes: number;
  /** An export that nobody reads, and a body of which nothing comes, is ended after this long; 60 s unless said. */
  idleMs?: number;
  allowedHosts: readonly string[];
  /** Version of the program, for the API's description. */
  version: string;
}

export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const idleMs = options.idleMs ?? 60_000;
  const app = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    // A request that comes while the server stops is still answered; its connection is closed after it.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    genReqId: (request) => requestId(request.headers["x-request-id"]),
    frameworkErrors: (error, request, reply) => {
      sendProblem(request, reply as never, toAppError(error));
    },
    clientErrorHandler: sendClientError,
    routerOptions: { maxParamLength: maxHeaderSize },
  }) as unknown as FastifyInstance;

  app.setValidatorCompiler(({ schema, httpPart }) =>
    httpPart === "body" ? () => true : compileParameters(schema as TObject),
  );
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", async (request: FastifyRequest, payload: IncomingMessage) => {
    checkEncoding(request, []);
    return readBody(payload, options.traceMaxBytes, idleMs);
  });

  addProblems(app);
  // Hooks that wait for nothing are not async: a promise for each would cost every request.
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { method, routeOptions, url } = request;
    const path = url.split("?")[0];
    const duration_ms = Math.round(reply.elapsedTime * 10) / 10;
    request.log.info(
      { method, route: routeOptions.url, path, status: reply.statusCode, duration_ms },
      "request",
    );
    done();
  });
  addGuard(app, options.allowedHosts);
  const metrics = createMetrics(options.pool);
  addMetrics(app, metrics);
  await addOpenApi(app, options.version);
  await app.register(healthRoutes, { pool: options.pool, rediai: options.rediai });
  await app.register(traceRoutes, { pool: options.pool, metrics });
  await app.register(compareRoutes, { pool: options.pool });
  await app.register(searchRoutes, { pool: options.pool });
  await app.register(matchRoutes, { pool: options.pool });
  await app.register(runRoutes, { pool: options.pool, metrics });
  await app.register(traceSetRoutes, { pool: options.pool, connect: options.connect, metrics });
  await app.register(importRoutes, {
    pool: options.pool,
    connect: options.connect,
    maxRecordBytes: options.maxRecordBytes,
    idleMs,
    metrics,
  });
  await app.register(scoreRoutes, { pool: options.pool, connect: options.connect, idleMs, metrics });
  await app.register(exportRoutes, {
    connect: options.connect,
    idleMs,
    metrics,
  });
  await addWebApplication(app);
  return app;
}

const processId = randomBytes(6).toString("hex");
let requestCount = 0;

/** The client's own, or one that no other request of this or another process has. */
function requestId(sent: string | string[] | undefined): string {
  if (typeof sent === "string" && /^[\w.:-]{1,128}$/.test(sent)) return sent;
  return `${processId}-${(++requestCount).toString(36)}`;
}

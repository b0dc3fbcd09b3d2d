import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { Type } from "typebox";
import { AppError } from "../../contract/errors.ts";
import {
  GetTraceQuery,
  ListQuery,
  Problem,
  ScoreList,
  TraceCreated,
  TraceIdParams,
  TracePage,
  TraceRead,
} from "../../contract/pages.ts";
import { Trace } from "../../contract/trace.ts";
import { deleteTrace } from "../../store/delete-trace.ts";
import { findTrace } from "../../store/find-trace.ts";
import { listTraces } from "../../store/list-traces.ts";
import { listScores } from "../../store/scores/scores.ts";
import { TraceReader } from "../../store/trace-reader.ts";
import { TraceWriter } from "../../store/writing/trace-writer.ts";
import { prepareTrace } from "../../transfer/prepare-trace.ts";
import type { Metrics } from "../metrics.ts";
import { toAppError } from "../problems.ts";
import { bytesOf } from "../read-body.ts";
import { traceJson } from "../trace-json.ts";

interface TraceRouteOptions {
  pool: pg.Pool;
  metrics: Metrics;
}

export const traceRoutes: FastifyPluginAsyncTypebox<TraceRouteOptions> = async (app, { pool, metrics }) => {
  const tags = ["traces"];
  const writer = new TraceWriter(pool);
  const reader = new TraceReader(pool);

  app.post(
    "/api/traces",
    {
      schema: {
        tags,
        summary: "Store a trace",
        description:
          "Answers once the trace is committed. A trace sent again under its own id is stored once (200); scores it did not have yet are added then, those it has stay as they are.",
        body: Trace,
        response: {
          200: TraceCreated,
          201: TraceCreated,
          409: Problem,
          413: Problem,
          415: Problem,
          422: Problem,
          503: Problem,
        },
      },
      errorHandler(error, request, reply) {
        metrics.tracesRejected.inc({ reason: toAppError(error).code });
        return app.errorHandler(error, request, reply);
      },
    },
    async (request, reply) => {
      const body = bytesOf(request);
      const size = body.length;
      const { outcome, id, createdAt, traceVersion } = await writer.write(await prepareTrace(body));
      if (outcome === "id_taken")
        throw new AppError("id_taken", `Another trace has the id ${id}; a trace is never overwritten`);
      if (outcome === "created") {
        metrics.tracesCreated.inc();
        request.log.info(
          { event: "trace_created", trace_id: id, trace_version: traceVersion, bytes: size },
          "trace created",
        );
      }
      return reply
        .code(outcome === "created" ? 201 : 200)
        .header("location", `/api/traces/${id}`)
        .send({ id, created_at: createdAt.toISOString(), trace_version: traceVersion });
    },
  );

  app.get(
    "/api/traces",
    {
      schema: {
        tags,
        summary: "List traces, newest first",
        querystring: ListQuery,
        response: { 200: TracePage, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { cursor, offset } = request.query;
      if (cursor !== undefined && offset !== undefined) {
        const message = "offset: Not allowed together with cursor; send one of them";
        throw new AppError("invalid_request", message, {
          issues: [{ pointer: "/offset", message, code: "conflict" }],
        });
      }
      return listTraces(pool, request.query);
    },
  );

  app.get(
    "/api/traces/:id",
    {
      schema: {
        tags,
        summary: "Read a trace",
        params: TraceIdParams,
        querystring: GetTraceQuery,
        response: { 200: TraceRead, 304: Type.Null(), 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const withTokens = request.query.include === "tokens";
      const found = await (withTokens ? findTrace(pool, id, true) : reader.read(id));
      if (found === undefined) throw notFound(id);
      // Deleted and sent again, the same trace has another time.
      const version = `${found.contentHash.toString("hex")}-${found.createdAt.getTime().toString(36)}`;
      const etag = `"${version}${withTokens ? "-tokens" : ""}"`;
      reply.header("etag", etag).header("cache-control", "no-cache");
      if (isKnown(etag, request.headers["if-none-match"])) return reply.code(304).send(undefined as never);
      return reply.type("application/json; charset=utf-8").send(traceJson(id, found) as never);
    },
  );

  app.delete(
    "/api/traces/:id",
    {
      schema: {
        tags,
        summary: "Delete a trace and its scores",
        params: TraceIdParams,
        response: { 204: Type.Null(), 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await deleteTrace(pool, id))) throw notFound(id);
      metrics.tracesDeleted.inc();
      request.log.info({ event: "trace_deleted", trace_id: id }, "trace deleted");
      return reply.code(204).send(null);
    },
  );

  app.get(
    "/api/traces/:id/scores",
    {
      schema: {
        tags,
        summary: "The scores of a trace and of its steps, as they are now",
        params: TraceIdParams,
        response: { 200: ScoreList, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => {
      const data = await listScores(pool, request.params.id);
      if (data === undefined) throw notFound(request.params.id);
      return { data };
    },
  );
};

/** Weak comparison, as RFC 9110 asks: a proxy that compresses weakens the tag. */
function isKnown(etag: string, ifNoneMatch: string | undefined): boolean {
  const tags = ifNoneMatch?.split(/\s*,\s*/).map((tag) => tag.replace(/^W\//, "")) ?? [];
  return tags.includes(etag) || tags.includes("*");
}

function notFound(id: string): AppError {
  return new AppError("trace_not_found", `There is no trace with the id ${id}`);
}

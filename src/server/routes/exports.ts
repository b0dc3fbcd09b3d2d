import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { pipeline, type Writable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import type pg from "pg";
import { Type } from "typebox";
import { AppError } from "../../contract/errors.ts";
import { ExportQuery } from "../../contract/exports.ts";
import { Problem } from "../../contract/pages.ts";
import { exportTraces, type WriteTo } from "../../transfer/export-traces.ts";
import type { Metrics } from "../metrics.ts";
import { toAppError } from "../problems.ts";
import { Slots } from "../slots.ts";
import { NDJSON } from "../stream-body.ts";

export interface ExportRouteOptions {
  connect(): Promise<pg.Client>;
  /** An export that nobody reads is ended after this long. */
  idleMs: number;
  metrics: Metrics;
}

/** Each keeps a processor busy and a snapshot open. */
const MAX_EXPORTS = 2;

export const exportRoutes: FastifyPluginAsyncTypebox<ExportRouteOptions> = async (app, options) => {
  const slots = new Slots(MAX_EXPORTS, "exports");

  app.get(
    "/api/exports",
    {
      // A HEAD would read all that a GET does.
      exposeHeadRoute: false,
      schema: {
        tags: ["bulk"],
        summary: "Export traces as lines of JSON, oldest first",
        description:
          "Each line is a trace as it was sent, with what it does not say itself put before its own members: id, run, split, train_step, scores as they are now, created_at. Importing the lines gives the same traces. All are of one moment. Gzipped for a client that accepts it. An answer that ends without its last chunk is not complete.",
        querystring: ExportQuery,
        response: {
          200: {
            description: "The traces, a line each",
            content: { [NDJSON]: { schema: Type.String() } },
          },
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const writeTo = await startExport(request, reply, options, slots.take());
      const isGzipped = acceptsGzip(request.headers["accept-encoding"]);
      reply
        .type(NDJSON)
        .header("content-disposition", 'attachment; filename="traces.jsonl"')
        .header("cache-control", "no-store")
        .header("vary", "accept-encoding");
      if (isGzipped) reply.header("content-encoding", "gzip");
      // Fastify would pass a stream on, and not tell when the memory of a piece can be used for another.
      reply.hijack();
      reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
      await writeTo(isGzipped ? gzippedInto(reply.raw) : reply.raw);
    },
  );
};

/** What writes the lines; `onEnd` is called once, when they have been read or nobody wants them any more. */
async function startExport(
  request: FastifyRequest<{ Querystring: ExportQuery }>,
  reply: FastifyReply,
  { connect, idleMs, metrics }: ExportRouteOptions,
  onEnd: () => void,
): Promise<WriteTo> {
  // There is one format only.
  const { format: _format, ...filters } = request.query;
  let client: pg.Client | undefined;
  let hasEnded = false;
  let traces = 0;
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
    // Amid a query this cuts the connection, and the query fails at its next row.
    client?.end().catch(() => {});
  };
  reply.raw.once("close", end);
  try {
    client = await connect();
    if (hasEnded) {
      await client.end();
      throw new AppError("bad_request", "The client went away");
    }
    const writeTo = await exportTraces(client, {
      filters,
      idleMs,
      onTraces: (count) => {
        traces += count;
        metrics.tracesExported.inc(count);
      },
    });
    return async (target) => {
      try {
        await writeTo(target);
        target.end();
        request.log.info({ event: "traces_exported", traces }, "traces exported");
      } catch (error) {
        const { code, message } = toAppError(error as Error);
        // A reader that has gone away is no news.
        if (!hasEnded) request.log.warn({ event: "export_broken_off", code, traces, err: error }, message);
        reply.raw.destroy();
      } finally {
        end();
      }
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** What is written to it goes there compressed; either's end is the other's. */
function gzippedInto(answer: ServerResponse): Writable {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 65_536 });
  pipeline(gzip, answer, () => {});
  return gzip;
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return String(header ?? "")
    .split(",")
    .some((coding) => /^\s*(x-)?gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
}

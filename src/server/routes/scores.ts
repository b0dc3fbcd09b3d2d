import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../../contract/errors.ts";
import { Problem } from "../../contract/pages.ts";
import { DeleteScoresQuery, ScoreRecords, ScoreReport, ScoresDeleted } from "../../contract/scores.ts";
import { countScores, deleteScores } from "../../store/scores/delete-scores.ts";
import type { DeletionDatabase } from "../../store/with-lister.ts";
import { importScores } from "../../transfer/import-scores.ts";
import type { Metrics } from "../metrics.ts";
import {
  answerInLines,
  NDJSON,
  RECORD_TYPES,
  signalOfGone,
  streamBody,
  takeStreams,
  type WriteLine,
} from "../stream-body.ts";

interface ScoreRouteOptions extends DeletionDatabase {
  /** A stream of scores whose client sends nothing is ended after this long. */
  idleMs: number;
  metrics: Metrics;
}

export const scoreRoutes: FastifyPluginAsyncTypebox<ScoreRouteOptions> = async (app, options) => {
  const tags = ["scores"];
  takeStreams(app, RECORD_TYPES);

  app.post(
    "/api/scores",
    {
      schema: {
        tags,
        summary: "Store scores of traces and of their steps",
        description:
          "The body is a JSON array or lines of JSON, plain or gzipped, of any size. A score takes the place of one with the same trace, step, name and `by`. Each record is judged by itself, in the report: a bad one keeps no other from being stored. Accept: application/x-ndjson gets a line for each record once it is stored or refused, and the report or the problem as the last line.",
        consumes: RECORD_TYPES,
        body: ScoreRecords,
        response: { 200: ScoreReport, 400: Problem, 408: Problem, 415: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      if (!request.headers.accept?.includes(NDJSON)) return storeScores(request, reply, options);
      const run = async (write: WriteLine) => {
        const { results: _told, ...counts } = await storeScores(request, reply, options, write);
        return counts;
      };
      return answerInLines(request, reply, run, options.idleMs) as never;
    },
  );

  app.delete(
    "/api/scores",
    {
      schema: {
        tags,
        summary: "Delete scores",
        description:
          "All that is given must hold; something must be. Scores go in transactions of some thousands: where the call breaks off, some are gone, and the same call again deletes the others. The narrow reward of their traces follows.",
        querystring: DeleteScoresQuery,
        response: { 200: ScoresDeleted, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { dry_run, ...selection } = request.query;
      if (Object.keys(selection).length === 0) {
        const message = "Say which scores: run, trace_id, name or by";
        throw new AppError("invalid_request", message, {
          issues: [{ pointer: "", message, code: "filter_missing" }],
        });
      }
      if (dry_run === "true") return { deleted: await countScores(options.pool, selection) };
      let told = 0;
      const deleted = await deleteScores(options, selection, signalOfGone(reply), (soFar) => {
        options.metrics.scoresDeleted.inc(soFar - told);
        told = soFar;
      });
      request.log.info({ event: "scores_deleted", ...selection, deleted }, "scores deleted");
      return { deleted };
    },
  );
};

async function storeScores(
  request: FastifyRequest,
  reply: FastifyReply,
  { pool, idleMs, metrics }: ScoreRouteOptions,
  write?: WriteLine,
): Promise<ScoreReport> {
  const areLines = request.headers["content-type"]?.toLowerCase().startsWith(NDJSON) === true;
  const report = await streamBody({ request, reply, idleMs }, (source, signal) =>
    importScores(pool, source, {
      areLines,
      signal,
      onChunk: async (_report, results) => {
        metrics.scoresWritten.inc(results.filter(({ status }) => status === 200).length);
        if (write === undefined) return;
        for (const result of results) await write(result);
      },
    }),
  );
  request.log.info({ event: "scores_stored", ...report, results: undefined }, "scores stored");
  return report;
}

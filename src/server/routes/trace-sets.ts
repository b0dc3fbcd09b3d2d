// Calls on all the traces that filters name: counting and deleting.
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { AppError } from "../../contract/errors.ts";
import { TraceFilters } from "../../contract/filters.ts";
import { Problem } from "../../contract/pages.ts";
import { Deleted, DeleteQuery, Facets, FacetsQuery, TraceStats } from "../../contract/stats.ts";
import { countTraces } from "../../store/count-traces.ts";
import { countMatchingExactly, deleteMatching } from "../../store/delete-trace.ts";
import { KeptAnswers } from "../../store/kept-answers.ts";
import { listFacets } from "../../store/list-facets.ts";
import { waitForIndex } from "../../store/search/catch-up-index.ts";
import type { Metrics } from "../metrics.ts";
import { signalOfGone } from "../stream-body.ts";

interface TraceSetRouteOptions {
  pool: pg.Pool;
  connect(): Promise<pg.Client>;
  metrics: Metrics;
}

export const traceSetRoutes: FastifyPluginAsyncTypebox<TraceSetRouteOptions> = async (app, options) => {
  const { pool, connect, metrics } = options;
  const kept = new KeptAnswers(pool);
  const tags = ["traces"];
  const problems = { 422: Problem, 503: Problem };

  app.get(
    "/api/traces/stats",
    {
      schema: {
        tags,
        summary: "Count traces by what they are, and by size",
        description:
          "Exact for a small store and for filters that few traces pass; else reckoned from a random sample, and the answer says so.",
        querystring: TraceFilters,
        response: { 200: TraceStats, ...problems },
      },
    },
    async ({ query }) => {
      if (query.q !== undefined) await waitForIndex(pool);
      return kept.get({ stats: query }, () => countTraces(pool, query));
    },
  );

  app.get(
    "/api/facets",
    {
      schema: {
        tags,
        summary: "The values of a field among traces, with counts, most frequent first",
        description:
          "For completions and side bars. In a large store the counts come from a random sample, which may miss rare values; those that begin with `prefix` are found however rare for source, model and run.",
        querystring: FacetsQuery,
        response: { 200: Facets, ...problems },
      },
    },
    async ({ query }) => kept.get({ facets: query }, () => listFacets(pool, query)),
  );

  app.delete(
    "/api/traces",
    {
      schema: {
        tags,
        summary: "Delete the traces that filters name, with their scores",
        description:
          "Deletes in transactions of some thousand traces. All that matched when the call began are gone when it answers; if it fails before, some are.",
        querystring: DeleteQuery,
        response: { 200: Deleted, ...problems },
      },
    },
    async (request, reply) => {
      const { dry_run, ...filters } = request.query;
      if (Object.keys(filters).length === 0) {
        const message = "Name at least one filter: this would delete every trace";
        throw new AppError("invalid_request", message, {
          issues: [{ pointer: "", message, code: "required" }],
        });
      }
      const signal = signalOfGone(reply);
      if (dry_run === "true")
        return { deleted: await countMatchingExactly(pool, filters, signal), dry_run: true };
      let gone = 0;
      const tell = (deleted: number) => {
        metrics.tracesDeleted.inc(deleted - gone);
        gone = deleted;
      };
      try {
        const deleted = await deleteMatching({ pool, connect }, filters, signal, tell);
        return { deleted, dry_run: false };
      } finally {
        request.log.info({ event: "traces_deleted", traces: gone }, "traces deleted");
      }
    },
  );
};

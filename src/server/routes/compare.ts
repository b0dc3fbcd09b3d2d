import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type pg from "pg";
import { CompareQuery, TraceComparison } from "../../contract/compare.ts";
import { AppError } from "../../contract/errors.ts";
import { Problem } from "../../contract/pages.ts";
import { type FoundTrace, findTrace } from "../../store/find-trace.ts";
import { comparePayloads } from "../../transfer/compare-payloads.ts";
import { traceJson } from "../trace-json.ts";

export const compareRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (app, { pool }) => {
  app.get(
    "/api/traces/compare",
    {
      schema: {
        tags: ["traces"],
        summary: "Compare two traces",
        description:
          "Both traces, and how their steps belong together: equal, changed (with the words that differ), added, removed. However large the traces, it takes seconds at most; what could not be compared in full is said.",
        querystring: CompareQuery,
        response: { 200: TraceComparison, 404: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { base: baseId, other: otherId } = request.query;
      const [base, other] = await Promise.all([getTrace(pool, baseId), getTrace(pool, otherId)]);
      const comparison = await comparePayloads({ base: base.payload, other: other.payload });
      const body = Buffer.concat([
        Buffer.from('{"base":'),
        traceJson(baseId, base),
        Buffer.from(',"other":'),
        traceJson(otherId, other),
        Buffer.from(`,${comparison.slice(1)}`),
      ]);
      return reply.type("application/json; charset=utf-8").send(body as never);
    },
  );
};

async function getTrace(pool: pg.Pool, id: string): Promise<FoundTrace> {
  const found = await findTrace(pool, id, false);
  if (found === undefined) throw new AppError("trace_not_found", `There is no trace with the id ${id}`);
  return found;
}

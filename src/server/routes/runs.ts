import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger } from "fastify";
import type pg from "pg";
import { Curve, CurveQuery } from "../../contract/curve.ts";
import { AppError } from "../../contract/errors.ts";
import { GroupPage, GroupsQuery, SamplePage, SamplesQuery } from "../../contract/groups.ts";
import { Problem } from "../../contract/pages.ts";
import { CompareRunsQuery, RunComparison } from "../../contract/run-comparison.ts";
import { Run, RunDeleted, RunPage, RunParams, RunPatch, RunsQuery } from "../../contract/runs.ts";
import { compileCheck } from "../../contract/validate.ts";
import { changeRun } from "../../store/runs/change-run.ts";
import { compareRuns } from "../../store/runs/compare-runs.ts";
import { deleteRun } from "../../store/runs/delete-run.ts";
import { listGroups } from "../../store/runs/list-groups.ts";
import { getRun, listRuns } from "../../store/runs/list-runs.ts";
import { listSamples } from "../../store/runs/list-samples.ts";
import { readCurve } from "../../store/runs/read-curve.ts";
import { findInexactNumber } from "../../trace/inexact-number.ts";
import { parseJsonBytes } from "../../trace/json-document.ts";
import type { Metrics } from "../metrics.ts";
import { bytesOf } from "../read-body.ts";
import { RunKeeper } from "../run-keeper.ts";

interface RunRouteOptions {
  pool: pg.Pool;
  metrics: Metrics;
}

const tags = ["runs"];
const faults = { 404: Problem, 422: Problem, 503: Problem };
const checkPatch = compileCheck(RunPatch);

export const runRoutes: FastifyPluginAsyncTypebox<RunRouteOptions> = async (app, { pool, metrics }) => {
  const keeper = new RunKeeper(pool, app.log as FastifyBaseLogger, metrics);
  app.addHook("onListen", async () => keeper.start());
  app.addHook("onClose", () => keeper.stop());

  app.get(
    "/api/runs",
    {
      schema: {
        tags,
        summary: "List runs, newest first",
        querystring: RunsQuery,
        response: { 200: RunPage, 422: Problem, 503: Problem },
      },
    },
    (request) => listRuns(pool, request.query),
  );

  app.get(
    "/api/runs/compare",
    {
      schema: {
        tags,
        summary: "Compare two runs, or two steps of one, prompt by prompt",
        description:
          "Prompts are the same when their prompt_key is. A prompt's score on one side is the mean of its valid rollouts there.",
        querystring: CompareRunsQuery,
        response: { 200: RunComparison, ...faults },
      },
    },
    (request) => compareRuns(pool, request.query),
  );

  app.get(
    "/api/runs/:run",
    {
      schema: {
        tags,
        summary: "Read a run, hidden or not",
        params: RunParams,
        response: { 200: Run, ...faults },
      },
    },
    (request) => getRun(pool, request.params.run),
  );

  app.patch(
    "/api/runs/:run",
    {
      schema: {
        tags,
        summary: "Rename, hide, show again or describe a run",
        description:
          "The body is a JSON merge patch (RFC 7396). A hidden run's traces are left out of every answer from the next request on; traces that name it are still stored.",
        params: RunParams,
        body: RunPatch,
        response: { 200: Run, ...faults, 409: Problem, 413: Problem, 415: Problem },
      },
    },
    async (request) => {
      const body = bytesOf(request);
      return changeRun(pool, request.params.run, readPatch(body));
    },
  );

  app.delete(
    "/api/runs/:run",
    {
      schema: {
        tags,
        summary: "Delete a run with its traces and scores",
        description:
          "All of it is gone from every answer at once, and the name is free. The traces are deleted in the background, also after a restart.",
        params: RunParams,
        response: { 202: RunDeleted, ...faults },
      },
    },
    async (request, reply) => {
      const deleted = await deleteRun(pool, request.params.run);
      request.log.info({ event: "run_deleted", run: deleted.name, traces: deleted.traces }, "run deleted");
      keeper.reap();
      return reply.code(202).send(deleted);
    },
  );

  app.get(
    "/api/runs/:run/curve",
    {
      schema: {
        tags,
        summary: "A run's figures by training step",
        description: "docs/concepts.md has the formula of each figure. All are of one moment.",
        params: RunParams,
        querystring: CurveQuery,
        response: { 200: Curve, ...faults },
      },
    },
    (request) => readCurve(pool, request.params.run, request.query),
  );

  app.get(
    "/api/runs/:run/groups",
    {
      schema: {
        tags,
        summary: "The groups of a training step: the samples of one prompt each",
        params: RunParams,
        querystring: GroupsQuery,
        response: { 200: GroupPage, ...faults },
      },
    },
    (request) => listGroups(pool, request.params.run, request.query),
  );

  app.get(
    "/api/runs/:run/samples",
    {
      schema: {
        tags,
        summary: "The samples of one group, and the training steps that have sampled its prompt",
        params: RunParams,
        querystring: SamplesQuery,
        response: { 200: SamplePage, ...faults },
      },
    },
    (request) => listSamples(pool, request.params.run, request.query),
  );
};

function readPatch(body: Buffer): RunPatch {
  const { text, value } = parseJsonBytes(body);
  const issues = checkPatch(value);
  const inexact = findInexactNumber(text);
  if (inexact !== undefined) {
    const message = `The number ${inexact} has more digits than a double keeps; send it as a string`;
    issues.push({ pointer: "", message, code: "inexact_number" });
  }
  if (issues.length > 0) {
    const message = issues.map(({ pointer, message }) => `${pointer || "The body"}: ${message}`).join("; ");
    throw new AppError("invalid_request", message, { issues });
  }
  return value as RunPatch;
}

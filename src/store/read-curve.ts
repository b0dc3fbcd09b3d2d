import { setImmediate as giveWay } from "node:timers/promises";
import type pg from "pg";
import sql, { empty } from "sql-template-tag";
import { AppError } from "../contract/errors.ts";
import type { Curve, CurvePoint, CurveQuery } from "../contract/runs.ts";
import { curvePoint } from "../figures/curve-point.ts";
import { getVisibleRunId } from "./list-runs.ts";
import { readSettled } from "./read-settled.ts";
import { atSplit, streamSteps } from "./step-rollouts.ts";

const MAX_KS = 10;
const MAX_K = 10_000;

/** A run's figures, a point for each split and training step. Throws 404 for no such run, 422 for a bad k. */
export async function readCurve(pool: pg.Pool, run: string, query: CurveQuery): Promise<Curve> {
  const { score = "reward", threshold = 1, split } = query;
  const ks = readKs(query.k ?? "1");
  const data = await readSettled(
    pool,
    score,
    async (client) => [await getVisibleRunId(client, run)],
    async (client, [runId]) => {
      const points: CurvePoint[] = [];
      const where = split === undefined ? empty : sql`AND ${atSplit(split)}`;
      for await (const step of streamSteps(client, runId as number, score, { where, withPrompts: false })) {
        points.push(curvePoint(step, threshold, ks));
        await giveWay();
      }
      return points;
    },
  );
  return { run, score, threshold, data };
}

function readKs(text: string): number[] {
  const ks = text.split(",").map(Number);
  if (ks.length <= MAX_KS && ks.every((k) => Number.isInteger(k) && k >= 1 && k <= MAX_K)) return ks;
  const message = `Must be up to ${MAX_KS} numbers from 1 to ${MAX_K} with commas between, such as 1,4,16`;
  throw new AppError("invalid_request", `k: ${message}`, {
    issues: [{ pointer: "/k", message, code: "k" }],
  });
}

import { setImmediate as giveWay } from "node:timers/promises";
import type pg from "pg";
import sql, { join } from "sql-template-tag";
import type { Curve, CurvePoint, CurveQuery } from "../../contract/curve.ts";
import { AppError } from "../../contract/errors.ts";
import { curvePoint } from "../../figures/curve-point.ts";
import { getVisibleRunId } from "./list-runs.ts";
import { readSettled } from "./read-settled.ts";
import { listStepVersions, streamSteps } from "./step-rollouts.ts";

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
      const steps = await listStepVersions(client, runId as number, score);
      const versions = steps
        .filter((step) => split === undefined || (step.split ?? "") === split)
        .map(({ version }) => version);
      return readPoints(client, { runId: runId as number, score, threshold, ks }, versions);
    },
  );
  return { run, score, threshold, data };
}

interface Question {
  runId: number;
  score: string;
  threshold: number;
  ks: readonly number[];
}

/** Points by what they are of: a step's version, and the question. The least lately used are dropped. */
const known = new Map<string, CurvePoint>();
/** About 1 KB each. */
const MAX_KNOWN = 20_000;

/** The points of the steps, in their order; those that are known are not computed again. */
async function readPoints(
  client: pg.ClientBase,
  { runId, score, threshold, ks }: Question,
  versions: readonly string[],
): Promise<CurvePoint[]> {
  const keyOf = (version: string) => `${version} ${threshold} ${ks}`;
  const points = new Map(versions.map((version) => [version, recall(keyOf(version))]));
  const missing = versions.filter((version) => points.get(version) === undefined);
  if (missing.length > 0) {
    const where = sql`AND version IN (${join(missing)})`;
    for await (const step of streamSteps(client, runId, score, { where, without: ["prompts"] })) {
      const point = curvePoint(step, threshold, ks);
      points.set(step.version, point);
      remember(keyOf(step.version), point);
      await giveWay();
    }
  }
  return [...points.values()] as CurvePoint[];
}

function recall(key: string): CurvePoint | undefined {
  const point = known.get(key);
  if (point !== undefined) remember(key, point);
  return point;
}

function remember(key: string, point: CurvePoint): void {
  known.delete(key);
  known.set(key, point);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

function readKs(text: string): number[] {
  const ks = text.split(",").map(Number);
  if (ks.length <= MAX_KS && ks.every((k) => Number.isInteger(k) && k >= 1 && k <= MAX_K)) return ks;
  const message = `Must be up to ${MAX_KS} numbers from 1 to ${MAX_K} with commas between, such as 1,4,16`;
  throw new AppError("invalid_request", `k: ${message}`, {
    issues: [{ pointer: "/k", message, code: "k" }],
  });
}

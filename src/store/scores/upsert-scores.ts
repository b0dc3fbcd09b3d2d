// Storing scores that come by themselves, many at once: each is judged alone, and the good ones are written together.
import type pg from "pg";
import type { TraceScoreRow } from "../../trace/trace-row.ts";
import { FOREIGN_KEY_VIOLATION, retryAfter } from "../sql-states.ts";
import { VISIBLE } from "../trace-filters.ts";
import { inTransaction } from "../transaction.ts";
import { findSteps, type StepsOfTraces } from "./find-steps.ts";
import { overwriteScores } from "./scores.ts";

/** `not_found`: there is no such trace. `unknown_step`: it has no such step. */
export type ScoreOutcome = "stored" | "not_found" | "unknown_step";

/** So many are written by two connections at once: PostgreSQL works at one statement with one processor. */
const MIN_PARTED = 1_000;

/**
 * Writes the scores over those of the same trace, step, name and `by`; of several with one key the last counts.
 * Returns what became of each, in their order, after the commit: one for few scores, two for many.
 */
export async function upsertScores(pool: pg.Pool, scores: readonly TraceScoreRow[]): Promise<ScoreOutcome[]> {
  if (scores.length < MIN_PARTED) return upsertPart(pool, scores);
  const outcomes: ScoreOutcome[] = [];
  const store = async (part: readonly number[]) => {
    const stored = await upsertPart(
      pool,
      part.map((index) => scores[index] as TraceScoreRow),
    );
    for (const [place, index] of part.entries()) outcomes[index] = stored[place] as ScoreOutcome;
  };
  for (const { reason } of failures(await Promise.allSettled(partsOf(scores).map(store)))) throw reason;
  return outcomes;
}

/** The scores' places, parted by their traces: scores of one key stay in one part and in their order. */
function partsOf(scores: readonly TraceScoreRow[]): [number[], number[]] {
  const parts: [number[], number[]] = [[], []];
  for (const [index, { traceId }] of scores.entries())
    parts[Number.parseInt(traceId.slice(-1), 16) % 2 === 0 ? 0 : 1].push(index);
  return parts;
}

function failures(results: readonly PromiseSettledResult<void>[]): PromiseRejectedResult[] {
  return results.filter((result) => result.status === "rejected");
}

function upsertPart(pool: pg.Pool, scores: readonly TraceScoreRow[]): Promise<ScoreOutcome[]> {
  // A trace may be deleted after it was found: the next look misses it.
  return retryAfter([FOREIGN_KEY_VIOLATION], async () => {
    const outcomes = await judge(pool, scores);
    const good = lastOfEachKey(scores.filter((_, index) => outcomes[index] === "stored"));
    if (good.length > 0) await inTransaction(pool, (client) => overwriteScores(client, good));
    return outcomes;
  });
}

async function judge(pool: pg.Pool, scores: readonly TraceScoreRow[]): Promise<ScoreOutcome[]> {
  const ids = new Set(scores.map(({ traceId }) => traceId));
  const found = await findIds(pool, [...ids]);
  const wanted: StepsOfTraces = new Map();
  for (const { traceId, stepI } of scores) {
    if (stepI === null || !found.has(traceId)) continue;
    wanted.set(traceId, (wanted.get(traceId) ?? new Set()).add(stepI));
  }
  const steps = await findSteps(pool, wanted);
  return scores.map(({ traceId, stepI }) => {
    if (!found.has(traceId)) return "not_found";
    return stepI === null || steps.get(traceId)?.has(stepI) === true ? "stored" : "unknown_step";
  });
}

async function findIds(pool: pg.Pool, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await pool.query({
    text: `SELECT id FROM traces WHERE id = ANY($1::uuid[]) AND ${VISIBLE}`,
    values: [ids],
    rowMode: "array",
  });
  return new Set(rows.map(([id]) => id));
}

function lastOfEachKey(scores: readonly TraceScoreRow[]): TraceScoreRow[] {
  const byKey = new Map(scores.map((score) => [keyOf(score), score]));
  return [...byKey.values()];
}

/** No key of one score is that of another: a line feed stands in no UUID and no number. */
function keyOf({ traceId, stepI, name, by }: TraceScoreRow): string {
  return `${traceId}\n${stepI ?? ""}\n${name.length}\n${name}${by}`;
}

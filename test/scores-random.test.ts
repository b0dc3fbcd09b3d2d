// Scores written, sent again and deleted at random: the table is what a simple model says, the reward what the rule says.
import { expect, test } from "vitest";
import { rewardOf, type ScoreRow } from "../src/trace/trace-row.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);

/** Marsaglia's xorshift: the same numbers in every run. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const JUDGES = ["", "a", "b", "é", "ｆ", "😀"];
const NAMES = ["reward", "reward", "correct"];
const STATUSES = ["ok", "ok", "ok", "invalid", "error", "pending"];
const pick = <T>(random: (below: number) => number, values: readonly T[]) =>
  values[random(values.length)] as T;

interface Operation {
  run(): Promise<void>;
  /** What it does to scores by `id|step|name|by`. */
  model(scores: Map<string, { value: number | null; status: string }>): void;
}

function makeOperation(random: (below: number) => number, traces: ReadonlyMap<string, object>): Operation {
  const ids = [...traces.keys()];
  const kind = random(10);
  if (kind < 7) {
    const records = Array.from({ length: 1 + random(8) }, () => {
      const status = pick(random, STATUSES);
      const value = status === "ok" ? random(1_000) / 8 : null;
      const step_i = random(4) === 0 ? random(3) : null;
      return {
        trace_id: pick(random, ids),
        step_i,
        name: pick(random, NAMES),
        by: pick(random, JUDGES),
        value,
        status,
      };
    });
    return {
      run: async () => {
        const { body } = await request(app, "POST", "/api/scores", records);
        expect(body).toMatchObject({ stored: records.length });
      },
      model: (scores) => {
        for (const { trace_id, step_i, name, by, value, status } of records)
          scores.set([trace_id, step_i, name, by].join("|"), { value, status });
      },
    };
  }
  const id = pick(random, ids);
  if (kind === 7) {
    return {
      run: async () => {
        expect((await request(app, "POST", "/api/traces", traces.get(id))).status).toBe(200);
      },
      model: (scores) => {
        const key = [id, null, "reward", "first"].join("|");
        if (!scores.has(key)) scores.set(key, { value: 0.5, status: "ok" });
      },
    };
  }
  const by = pick(random, JUDGES);
  const query = kind === 8 ? `trace_id=${id}&name=reward` : `by=${encodeURIComponent(by)}`;
  return {
    run: async () => {
      expect((await request(app, "DELETE", `/api/scores?${query}`)).status).toBe(200);
    },
    model: (scores) => {
      for (const key of scores.keys()) {
        const [of, , name, judge] = key.split("|");
        if (kind === 8 ? of === id && name === "reward" : judge === by) scores.delete(key);
      }
    },
  };
}

async function storeTraces(count: number): Promise<Map<string, object>> {
  const traces = new Map<string, object>();
  for (let n = 0; n < count; n++) {
    const id = crypto.randomUUID();
    const trace = trace11({ id, scores: [{ name: "reward", value: 0.5, by: "first" }] });
    expect((await request(app, "POST", "/api/traces", trace)).status).toBe(201);
    traces.set(id, trace);
  }
  return traces;
}

async function readScores(ids: readonly string[]) {
  const { rows } = await database.pool.query<ScoreRow & { traceId: string }>(
    `SELECT trace_id AS "traceId", step_i AS "stepI", name, scored_by AS by, value, status, comment,
            updated_at AS "updatedAt" FROM scores WHERE trace_id = ANY($1)`,
    [ids],
  );
  return rows;
}

async function expectRewardsToFollow(ids: readonly string[]): Promise<void> {
  const scores = await readScores(ids);
  const { rows } = await database.pool.query("SELECT id, reward FROM traces WHERE id = ANY($1)", [ids]);
  expect(rows.length).toBe(ids.length);
  for (const { id, reward } of rows)
    expect([id, reward]).toEqual([id, rewardOf(scores.filter(({ traceId }) => traceId === id))]);
}

test("one after the other they leave what the model says", async () => {
  const random = randomly(20_261);
  const traces = await storeTraces(4);
  const ids = [...traces.keys()];
  const model = new Map<string, { value: number | null; status: string }>(
    ids.map((id) => [[id, null, "reward", "first"].join("|"), { value: 0.5, status: "ok" }]),
  );
  for (let round = 0; round < 120; round++) {
    const operation = makeOperation(random, traces);
    await operation.run();
    operation.model(model);
    const stored = (await readScores(ids)).map(
      ({ traceId, stepI, name, by, value, status }) =>
        [[traceId, stepI, name, by].join("|"), { value, status }] as const,
    );
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(model));
    await expectRewardsToFollow(ids);
  }
}, 120_000);

test("many at once leave the rewards that the rule says", async () => {
  const random = randomly(4_711);
  const traces = await storeTraces(3);
  for (let round = 0; round < 25; round++) {
    const operations = Array.from({ length: 12 }, () => makeOperation(random, traces));
    await Promise.all(operations.map((operation) => operation.run()));
    await expectRewardsToFollow([...traces.keys()]);
  }
}, 120_000);

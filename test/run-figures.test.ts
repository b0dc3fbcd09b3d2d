// Figures of runs against a count that knows nothing of how they are stored: plain loops over the rollouts sent.
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { Curve } from "../src/contract/curve.ts";
import { GroupPage, SamplePage } from "../src/contract/groups.ts";
import type { TracePage } from "../src/contract/pages.ts";
import { RunComparison } from "../src/contract/run-comparison.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { importRollouts, type Rollout, rollout, toTrace } from "./support/rollouts.ts";

const database = useDatabase();
const app = useApp(database);

const readCurve = async (run: string, query = "") =>
  (await request<Curve>(app, "GET", `/api/runs/${run}/curve${query}`)).body;
const readGroups = async (run: string, query = "") =>
  (await request<GroupPage>(app, "GET", `/api/runs/${run}/groups${query}`)).body;
const compare = async (query: string) =>
  (await request<RunComparison>(app, "GET", `/api/runs/compare?${query}`)).body;

/** The same random numbers at every run of the tests. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) / 2 ** 28;
  };
}

function randomRollouts(run: string, count: number, seed: number): Rollout[] {
  const random = randomFrom(seed);
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T;
  return Array.from({ length: count }, () =>
    rollout({
      run,
      split: pick("train", "train", "validation", null),
      step: pick(0, 1, 2, 2, 5, null),
      prompt: `p${Math.floor(random() ** 2 * 12)}`,
      reward: pick(0, 0, 1, 1, 0.5, null, undefined),
      tokens: pick(null, Math.floor(random() * 1000), Math.floor(random() * 1000)),
      finish: pick("stop", "length", null),
      answer: pick("42", " 42 ", "Forty  two", "forty two", null),
      text: `thought ${Math.floor(random() * 3)}`,
      scores: random() < 0.7 ? { judge: Math.floor(random() * 5) / 4 } : {},
    }),
  );
}

type ScoreOf = (rollout: Rollout) => number | null;
const reward: ScoreOf = ({ reward }) => reward ?? null;
const judge: ScoreOf = ({ scores }) => scores?.judge ?? null;

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
const average = (values: number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
const known = (values: (number | null | undefined)[]) => values.filter((value) => value != null);
const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
function quantile(values: number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low * (1 - (at % 1)) + high * (at % 1);
}

function expectedPoint(rollouts: Rollout[], scoreOf: ScoreOf, threshold: number, ks: number[]) {
  const groups = [...groupBy(rollouts, ({ prompt }) => prompt).values()];
  const scored = groups.filter((group) => known(group.map(scoreOf)).length > 0);
  const valid = known(rollouts.map(scoreOf)).length;
  const gaps = groups.flatMap((group) => {
    const measured = group.filter((one) => scoreOf(one) !== null && one.tokens != null);
    const right = average(
      known(measured.filter((one) => (scoreOf(one) ?? 0) >= threshold).map(({ tokens }) => tokens)),
    );
    const wrong = average(
      known(measured.filter((one) => (scoreOf(one) ?? 0) < threshold).map(({ tokens }) => tokens)),
    );
    return right === null || wrong === null ? [] : [right - wrong];
  });
  const finished = rollouts.filter(({ finish }) => finish != null);
  return {
    split: rollouts[0]?.split ?? null,
    train_step: rollouts[0]?.step ?? null,
    prompts: groups.length,
    rollouts: rollouts.length,
    valid,
    invalid: rollouts.length - valid,
    mean: close(average(scored.map((group) => average(known(group.map(scoreOf))) as number))),
    pass_at_k: ks.map((k) => {
      const values = groups.flatMap((group) => {
        const scores = known(group.map(scoreOf));
        const wrong = scores.filter((score) => score < threshold).length;
        if (scores.length < k) return [];
        return [1 - (wrong < k ? 0 : choose(wrong, k) / choose(scores.length, k))];
      });
      return { k, value: close(average(values)), prompts: values.length };
    }),
    no_signal_share: close(
      average(scored.map((group) => Number(new Set(known(group.map(scoreOf))).size === 1))),
    ),
    tokens_p50: close(quantile(known(rollouts.map(({ tokens }) => tokens)), 0.5)),
    tokens_p95: close(quantile(known(rollouts.map(({ tokens }) => tokens)), 0.95)),
    truncated_share: close(average(finished.map(({ finish }) => Number(finish === "length")))),
    length_gap: close(average(gaps)),
    length_gap_prompts: gaps.length,
  };
}

/** Sums in another order differ in the last digits. */
function close(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 9);
}

async function expectCurve(run: string, rollouts: Rollout[], scoreOf: ScoreOf, query: string, threshold = 1) {
  const curve = await readCurve(run, `?k=1,2,4&${query}`);
  expect(compileCheck(Curve)(curve)).toEqual([]);
  const expected = [...groupBy(rollouts, ({ split, step }) => JSON.stringify([split, step])).values()].map(
    (step) => expectedPoint(step, scoreOf, threshold, [1, 2, 4]),
  );
  const byPlace = (point: { split: string | null; train_step: number | null }) =>
    `${point.split ?? ""} ${String(point.train_step ?? 99).padStart(3, "0")}`;
  expected.sort((a, b) => (byPlace(a) < byPlace(b) ? -1 : 1));
  expect(curve.data.map(byPlace)).toEqual(expected.map(byPlace));
  for (const [index, point] of curve.data.entries()) {
    expect(point).toMatchObject(expected[index] as object);
    if (point.resamples > 0) {
      expect(point.mean_low).toBeLessThanOrEqual((point.mean as number) + 1e-9);
      expect(point.mean_high).toBeGreaterThanOrEqual((point.mean as number) - 1e-9);
    }
  }
}

describe("the curve", () => {
  const rollouts = randomRollouts("curved", 900, 7);
  beforeAll(() => importRollouts(app, [...rollouts, ...randomRollouts("another", 100, 8)]));

  test("is what counting gives, for the reward, another score, and other thresholds", async () => {
    await expectCurve("curved", rollouts, reward, "");
    await expectCurve("curved", rollouts, reward, "threshold=0.5", 0.5);
    await expectCurve("curved", rollouts, judge, "score=judge&threshold=0.75", 0.75);
    await expectCurve("curved", rollouts, () => null, "score=never");
  });

  test("is the same when it is asked for again", async () => {
    expect(await readCurve("curved")).toEqual(await readCurve("curved"));
  });

  test("of one split has its steps only; an empty split is that of rollouts without one", async () => {
    const of = (split: string | null) => rollouts.filter((one) => one.split === split);
    await expectCurve("curved", of("train"), reward, "split=train");
    await expectCurve("curved", of(null), reward, "split=");
    expect((await readCurve("curved", "?split=never")).data).toEqual([]);
  });

  test.each([
    ["k=0", "/k"],
    ["k=1,,2", "/k"],
    ["k=1.5", "/k"],
    ["k=10001", "/k"],
    ["k=1,2,3,4,5,6,7,8,9,10,11", "/k"],
    ["threshold=high", "/threshold"],
    ["score=", "/score"],
    ["train_step=1", "/train_step"],
  ])("?%s is refused by name", async (query, pointer) => {
    const answer = await request(app, "GET", `/api/runs/curved/curve?${query}`);
    expect([answer.status, (answer.body.errors as { pointer: string }[])[0]?.pointer]).toEqual([
      422,
      pointer,
    ]);
  });
});

describe("what changes is counted at once", () => {
  const run = "changing";
  let rollouts = randomRollouts(run, 200, 9);

  const agree = async () => {
    await expectCurve(run, rollouts, reward, "");
    await expectCurve(run, rollouts, judge, "score=judge");
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS n FROM traces JOIN runs ON runs.id = run_id WHERE name = $1",
      [run],
    );
    expect(rows[0].n).toBe(rollouts.length);
    expect((await request(app, "GET", `/api/runs/${run}`)).body.traces).toBe(rollouts.length);
  };

  test("by an import, all at once or none", async () => {
    await importRollouts(app, rollouts);
    await agree();
    const more = randomRollouts(run, 50, 10);
    const lines = more.map((one) => JSON.stringify(toTrace(one))).join("\n");
    const type = { "content-type": "application/x-ndjson" };
    const aborted = await request(app, "POST", "/api/imports?on_error=abort", `${lines}\n{}`, type);
    expect(aborted.status).toBe(422);
    await agree();
    expect((await request(app, "POST", "/api/imports?on_error=abort", lines, type)).status).toBe(200);
    rollouts = [...rollouts, ...more];
    await agree();
    // The same again changes nothing.
    await request(app, "POST", "/api/imports", lines, type);
    await agree();
  });

  test("by posts, one or many together", async () => {
    const more = randomRollouts(run, 40, 11);
    await Promise.all(more.map((one) => request(app, "POST", "/api/traces", toTrace(one))));
    rollouts = [...rollouts, ...more];
    await agree();
  });

  test("by deleting a trace", async () => {
    const [first, ...rest] = rollouts;
    await request(app, "DELETE", `/api/traces/${first?.id}`);
    rollouts = rest;
    await agree();
  });

  test("by scores that a trace brings when it is sent again", async () => {
    const late = rollout({ run, prompt: "late", reward: undefined });
    await request(app, "POST", "/api/traces", toTrace(late));
    rollouts.push(late);
    await agree();
    Object.assign(late, { reward: 1, scores: { judge: 0.5 } });
    expect((await request(app, "POST", "/api/traces", toTrace(late))).status).toBe(200);
    await agree();
  });

  test("by scores that are sent, sent again, and deleted", async () => {
    const scored = rollouts.slice(0, 30);
    const send = (scores: object[]) => request(app, "POST", "/api/scores", scores);
    const records = scored.flatMap(({ id }, index) => [
      { trace_id: id, name: "judge", value: index / 30, by: "judge" },
      { trace_id: id, name: "reward", value: index % 2, by: "verifier" },
    ]);
    expect((await send(records)).status).toBe(200);
    for (const [index, one] of scored.entries())
      Object.assign(one, { reward: index % 2, scores: { judge: index / 30 } });
    await agree();
    const failed = scored.slice(0, 10);
    await send(
      failed.map(({ id }) => ({ trace_id: id, name: "judge", value: null, status: "error", by: "judge" })),
    );
    for (const one of failed) one.scores = {};
    await agree();
    expect((await request(app, "DELETE", `/api/scores?run=${run}&name=judge`)).status).toBe(200);
    for (const one of rollouts) one.scores = {};
    await agree();
  });

  test("by deleting all of a step: it is not there any more", async () => {
    const lone = rollout({ run, step: 77 });
    await importRollouts(app, [lone]);
    expect((await readCurve(run)).data.some(({ train_step }) => train_step === 77)).toBe(true);
    await request(app, "DELETE", `/api/traces/${lone.id}`);
    await agree();
  });
});

test("a curve read while rollouts arrive is of one moment", async () => {
  // Each import adds one rollout to every step, in one transaction: counts must never differ.
  const steps = [1, 2, 3, 4, 5];
  let isDone = false;
  const write = async () => {
    for (let round = 0; round < 30; round++)
      await importRollouts(
        app,
        steps.map((step) => rollout({ run: "moving", step, prompt: `p${round % 4}` })),
      );
    isDone = true;
  };
  await importRollouts(
    app,
    steps.map((step) => rollout({ run: "moving", step })),
  );
  const read = async () => {
    let reads = 0;
    while (!isDone) {
      const { data } = await readCurve("moving");
      expect(new Set(data.map(({ rollouts }) => rollouts)).size).toBe(1);
      reads++;
    }
    return reads;
  };
  const [, first, second] = await Promise.all([write(), read(), read()]);
  expect(first + second).toBeGreaterThan(4);
  expect((await readCurve("moving")).data.map(({ rollouts }) => rollouts)).toEqual(steps.map(() => 31));
});

test("a curve read while scores arrive is of one moment", async () => {
  // Each call scores the rollout of every step alike, in one transaction: means must never differ.
  const scored = [1, 2, 3, 4, 5].map((step) => rollout({ run: "judged", step, reward: 0 }));
  await importRollouts(app, scored);
  let isDone = false;
  const write = async () => {
    for (let round = 1; round <= 40; round++) {
      const scores = scored.map(({ id }) => ({ trace_id: id, name: "reward", value: round, by: "judge" }));
      expect((await request(app, "POST", "/api/scores", scores)).status).toBe(200);
    }
    isDone = true;
  };
  const read = async () => {
    let reads = 0;
    while (!isDone) {
      const { data } = await readCurve("judged");
      expect(data).toHaveLength(scored.length);
      expect(new Set(data.map(({ mean }) => mean)).size).toBe(1);
      reads++;
    }
    return reads;
  };
  const [, first, second] = await Promise.all([write(), read(), read()]);
  expect(first + second).toBeGreaterThan(4);
  expect((await readCurve("judged")).data.map(({ mean }) => mean)).toEqual(scored.map(() => 40));
});

test("scores of which figures would overflow are left out as invalid, and kept as they were sent", async () => {
  const run = "huge";
  const huge = rollout({ run, reward: 1e160, scores: { judge: -1.7e308 } });
  await importRollouts(app, [
    huge,
    rollout({ run, reward: 0, scores: { judge: 0.5 } }),
    rollout({ run, reward: 1.7e308, prompt: "p2" }),
    rollout({ run, step: 2, reward: 1e100, scores: { judge: 1e100 } }),
    rollout({ run, step: 2, reward: -1e100, scores: { judge: -1e100 } }),
  ]);
  for (const score of ["reward", "judge"]) {
    const { data } = await readCurve(run, `?score=${score}`);
    expect(data.map(({ valid, mean }) => [valid, mean])).toEqual([
      [1, score === "reward" ? 0 : 0.5],
      [2, 0],
    ]);
    const [group] = (await readGroups(run, `?train_step=2&score=${score}`)).data;
    expect(group).toMatchObject({ valid: 2, standard_deviation: 1e100, scores: [1e100, -1e100] });
    const samples = await request<SamplePage>(
      app,
      "GET",
      `/api/runs/${run}/samples?group=p1&split=train&train_step=1&score=${score}`,
    );
    expect(samples.body.steps.map(({ rollouts, valid }) => [rollouts, valid])).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(samples.body.data.find(({ id }) => id === huge.id)?.score).toBeNull();
    const compared = await compare(`base=${run}&base_step=1&other=${run}&other_step=2&score=${score}`);
    expect(compared).toMatchObject({ base: { invalid: 2 }, other: { invalid: 0 }, prompts: 1 });
  }
  const highest = await request<TracePage>(app, "GET", `/api/traces?run=${run}&sort=reward_high&limit=1`);
  expect(highest.body.data.map(({ reward }) => reward)).toEqual([1.7e308]);
  const next = `&cursor=${highest.body.pagination.next_cursor}`;
  const second = await request<TracePage>(
    app,
    "GET",
    `/api/traces?run=${run}&sort=reward_high&limit=1${next}`,
  );
  expect(second.body.data.map(({ id }) => id)).toEqual([huge.id]);
  const exported = await request(app, "GET", `/api/exports?run=${run}&max_score.judge=-1e101`);
  expect(JSON.parse(exported.text)).toMatchObject({ id: huge.id, scores: toTrace(huge).scores });
});

describe("groups", () => {
  const rollouts = randomRollouts("grouped", 700, 12);
  beforeAll(() => importRollouts(app, rollouts));

  function expectedGroup(group: Rollout[]) {
    const scores = known(group.map(reward));
    const mean = average(scores);
    const step = group[0]?.step ?? -1;
    const earlier = rollouts.filter(
      (one) =>
        one.prompt === group[0]?.prompt &&
        one.split === group[0]?.split &&
        one.step !== null &&
        one.step < step &&
        reward(one) !== null,
    );
    const last = Math.max(...earlier.map((one) => one.step as number));
    const before = average(known(earlier.filter((one) => one.step === last).map(reward)));
    const completions = new Set(group.map((one) => JSON.stringify([one.text, one.answer ?? ""])));
    return {
      group: group[0]?.prompt,
      split: group[0]?.split,
      prompt_excerpt: `Prompt ${group[0]?.prompt}`,
      rollouts: group.length,
      valid: scores.length,
      invalid: group.length - scores.length,
      correct: scores.filter((score) => score >= 1).length,
      mean: close(mean),
      standard_deviation:
        mean === null
          ? null
          : close(Math.sqrt(average(scores.map((score) => (score - mean) ** 2)) as number)),
      has_signal: scores.length === 0 ? null : new Set(scores).size > 1,
      distinct_completions: completions.size,
      distinct_share: close(completions.size / group.length),
      tokens_p50: close(quantile(known(group.map(({ tokens }) => tokens)), 0.5)),
      scores: [
        ...scores.toSorted((a, b) => b - a),
        ...group.filter((one) => reward(one) === null).map(() => null),
      ],
      previous: before === null ? null : { train_step: last, mean: close(before) },
      change: before === null || mean === null ? null : close(mean - before),
    };
  }

  test.each(["mixed", "all_wrong", "all_right", "biggest_change", "group"])(
    "sorted by %s are what counting gives, page by page without a gap",
    async (sort) => {
      const seen: GroupPage["data"] = [];
      let next: string | null = "";
      while (next !== null) {
        const query: string = `?train_step=2&sort=${sort}&limit=7${next && `&cursor=${next}`}`;
        const page = await readGroups("grouped", query);
        expect(compileCheck(GroupPage)(page)).toEqual([]);
        seen.push(...page.data);
        next = page.pagination.next_cursor;
      }
      const expected = groupBy(
        rollouts.filter(({ step }) => step === 2),
        ({ split, prompt }) => JSON.stringify([split, prompt]),
      );
      expect(seen).toHaveLength(expected.size);
      for (const group of seen)
        expect(group).toMatchObject(
          expectedGroup(expected.get(JSON.stringify([group.split, group.group])) as Rollout[]),
        );
    },
  );

  test("stand in the order that the sort says", async () => {
    const order = async (sort: string, value: (group: GroupPage["data"][0]) => number) => {
      const { data } = await readGroups("grouped", `?train_step=2&sort=${sort}&limit=100`);
      return data.map((group) => (group.valid === 0 ? -2 : value(group)));
    };
    const descending = (values: number[]) => expect(values).toEqual(values.toSorted((a, b) => b - a));
    descending(
      await order("mixed", (group) => Math.min(group.correct, group.valid - group.correct) / group.valid),
    );
    descending(await order("all_wrong", (group) => 1 - group.correct / group.valid));
    descending(await order("all_right", (group) => group.correct / group.valid));
    descending(
      await order("biggest_change", (group) => (group.change === null ? -2 : Math.abs(group.change))),
    );
  });

  test("the majority's answer is the commonest but for case and spaces, right when most who gave it are", async () => {
    const answers = (prompt: string, given: [string | null, number | null][]) =>
      given.map(([answer, reward]) => rollout({ run: "voted", prompt, answer, reward }));
    await importRollouts(app, [
      ...answers("a", [
        ["513", 1],
        [" 513", 1],
        ["513 ", null],
        ["7", 0],
        ["8", 0],
      ]),
      ...answers("b", [
        ["So  Nine", 0],
        ["so nine", 0],
        ["so\nNINE", 1],
        ["9", 1],
      ]),
      ...answers("c", [
        [null, 1],
        [null, 0],
      ]),
      ...answers("d", [
        ["1", null],
        ["1", null],
      ]),
      // As many for one as for the other: the one that more are correct with.
      ...answers("e", [
        ["x", 0],
        ["y", 1],
      ]),
    ]);
    const { data, groups, train_step } = await readGroups("voted", "?sort=group");
    expect([groups, train_step]).toEqual([5, 1]);
    expect(data.map(({ majority }) => majority)).toEqual([
      { answer: expect.stringMatching(/^ ?513 ?$/), rollouts: 3, is_right: true },
      { answer: expect.stringMatching(/^so\s+nine$/i), rollouts: 3, is_right: false },
      null,
      { answer: "1", rollouts: 2, is_right: null },
      { answer: "y", rollouts: 1, is_right: true },
    ]);
  });

  test("without a step named are those of the last one; of rollouts without a step where there is none", async () => {
    expect((await readGroups("grouped", "?split=train")).train_step).toBe(5);
    await importRollouts(app, [rollout({ run: "stepless", step: null })]);
    expect(await readGroups("stepless")).toMatchObject({ train_step: null, groups: 1 });
    expect(await readGroups("stepless", "?train_step=9")).toMatchObject({
      train_step: 9,
      groups: 0,
      data: [],
    });
  });

  test("a cursor is refused with another question, and when it was made up", async () => {
    const { next_cursor } = (await readGroups("grouped", "?train_step=2&limit=1")).pagination;
    for (const query of [
      `train_step=1&cursor=${next_cursor}`,
      `train_step=2&sort=group&cursor=${next_cursor}`,
      "cursor=abc",
      "cursor=W10",
    ]) {
      const answer = await request(app, "GET", `/api/runs/grouped/groups?${query}`);
      expect([query, answer.status, answer.body.code]).toEqual([query, 422, "invalid_cursor"]);
    }
  });

  test.each([
    ["sort=best", "/sort"],
    ["train_step=-1", "/train_step"],
    ["limit=101", "/limit"],
    ["group=x", "/group"],
  ])("?%s is refused by name", async (query, pointer) => {
    const answer = await request(app, "GET", `/api/runs/grouped/groups?${query}`);
    expect([answer.status, (answer.body.errors as { pointer: string }[])[0]?.pointer]).toEqual([
      422,
      pointer,
    ]);
  });
});

describe("samples", () => {
  const rollouts = randomRollouts("sampled", 600, 15);
  beforeAll(() => importRollouts(app, rollouts));
  const readSamples = async (query: string) =>
    (await request<SamplePage>(app, "GET", `/api/runs/sampled/samples?${query}`)).body;

  test.each([
    ["reward", reward],
    ["judge", judge],
  ] as const)(
    "of a group are those sent, with their %s, page by page without a gap",
    async (score, scoreOf) => {
      const at = ({ prompt, split }: Rollout) => prompt === "p0" && split === "train";
      const expected = rollouts.filter((one) => at(one) && one.step === 2);
      const seen: SamplePage["data"] = [];
      let next: string | null = "";
      while (next !== null) {
        const query: string = `group=p0&split=train&train_step=2&score=${score}&limit=3${next && `&cursor=${next}`}`;
        const page = await readSamples(query);
        expect(compileCheck(SamplePage)(page)).toEqual([]);
        seen.push(...page.data);
        next = page.pagination.next_cursor;
      }
      expect(seen.map(({ id }) => id)).toEqual(expected.map(({ id }) => id).toSorted());
      for (const sample of seen) {
        const sent = expected.find(({ id }) => id === sample.id) as Rollout;
        expect(sample).toMatchObject({
          score: scoreOf(sent),
          completion_tokens: sent.tokens ?? null,
          finish_reason: sent.finish ?? null,
        });
      }
      const { steps } = await readSamples(`group=p0&split=train&train_step=2&score=${score}`);
      const byStep = groupBy(
        rollouts.filter((one) => at(one) && one.step !== null),
        ({ step }) => String(step),
      );
      expect(steps.map(({ train_step }) => train_step)).toEqual([0, 1, 2, 5]);
      for (const { train_step, ...step } of steps) {
        const sent = byStep.get(String(train_step)) as Rollout[];
        const scores = known(sent.map(scoreOf));
        expect(step).toEqual({ rollouts: sent.length, valid: scores.length, mean: close(average(scores)) });
      }
    },
  );

  test("stand by their sample_index, those without one last", async () => {
    const indexed = [7, null, 0, 1].map((sample_index) => {
      const trace = toTrace(rollout({ run: "indexed" }));
      return { ...trace, rollout: { ...(trace.rollout as object), sample_index } };
    });
    for (const trace of indexed) await request(app, "POST", "/api/traces", trace);
    const path = "/api/runs/indexed/samples?group=p1&split=train&train_step=1";
    const { body } = await request<SamplePage>(app, "GET", path);
    expect(body.data.map(({ sample_index }) => sample_index)).toEqual([0, 1, 7, null]);
    const first = await request<SamplePage>(app, "GET", `${path}&limit=3`);
    const rest = await request<SamplePage>(
      app,
      "GET",
      `${path}&limit=3&cursor=${first.body.pagination.next_cursor}`,
    );
    expect(rest.body.data.map(({ sample_index }) => sample_index)).toEqual([null]);
  });

  test("without split and step are those of rollouts without; of a group nobody has sampled there are none", async () => {
    const expected = rollouts.filter((one) => one.prompt === "p0" && one.split === null && one.step === null);
    expect((await readSamples("group=p0&limit=100")).data).toHaveLength(expected.length);
    expect(await readSamples("group=nobody&split=train&train_step=2")).toMatchObject({ data: [], steps: [] });
  });

  test("of a run that is hidden or not there are refused", async () => {
    expect((await request(app, "GET", "/api/runs/nobody/samples?group=p0")).status).toBe(404);
    await importRollouts(app, [rollout({ run: "covered" })]);
    await request(app, "PATCH", "/api/runs/covered", { hidden: true });
    expect((await request(app, "GET", "/api/runs/covered/samples?group=p1")).status).toBe(404);
  });

  test.each([
    ["", "/group"],
    ["group=p0&train_step=-1", "/train_step"],
    ["group=p0&sort=mixed", "/sort"],
    ["group=p0&cursor=abc", "/cursor"],
  ])("?%s is refused by name", async (query, pointer) => {
    const answer = await request(app, "GET", `/api/runs/sampled/samples?${query}`);
    expect([answer.status, (answer.body.errors as { pointer: string }[])[0]?.pointer]).toEqual([
      422,
      pointer,
    ]);
  });
});

describe("one run against another", () => {
  const base = randomRollouts("base", 300, 13);
  const other = [
    ...randomRollouts("other", 300, 14),
    rollout({ run: "other", prompt: "new", reward: 1, id: randomUUID() }),
  ];
  beforeAll(() => importRollouts(app, [...base, ...other]));

  const meansOf = (rollouts: Rollout[], scoreOf: ScoreOf) =>
    new Map(
      [...groupBy(rollouts, ({ prompt }) => prompt)].flatMap(([prompt, group]) => {
        const mean = average(known(group.map(scoreOf)));
        return mean === null ? [] : [[prompt, mean] as const];
      }),
    );

  async function expectComparison(
    query: string,
    baseRollouts: Rollout[],
    otherRollouts: Rollout[],
    scoreOf = reward,
  ) {
    const [left, right] = [meansOf(baseRollouts, scoreOf), meansOf(otherRollouts, scoreOf)];
    const common = [...left.keys()].filter((prompt) => right.has(prompt));
    const differences = common.map((prompt) => (right.get(prompt) as number) - (left.get(prompt) as number));
    const found = await compare(`${query}&limit=100`);
    expect(compileCheck(RunComparison)(found)).toEqual([]);
    expect(found).toMatchObject({
      prompts: common.length,
      won: differences.filter((difference) => difference > 1e-9).length,
      lost: differences.filter((difference) => difference < -1e-9).length,
      only_in_base: left.size - common.length,
      only_in_other: right.size - common.length,
      difference: close(average(differences)),
    });
    expect(found.tied).toBe(common.length - found.won - found.lost);
    expect(found.data.map(({ difference }) => difference)).toEqual(
      differences.toSorted((a, b) => a - b).map(close),
    );
    for (const { group, prompt_excerpt, difference } of found.data) {
      expect(prompt_excerpt).toBe(`Prompt ${group}`);
      expect(difference).toEqual(close((right.get(group) as number) - (left.get(group) as number)));
    }
    return found;
  }

  test("is what counting gives, over all steps, by split and by another score", async () => {
    const found = await expectComparison("base=base&other=other", base, other);
    expect(found.difference_low).toBeLessThan(found.difference as number);
    expect(found.resamples).toBe(1_000);
    const of = (rollouts: Rollout[]) => rollouts.filter(({ split }) => split === "train");
    await expectComparison("base=base&other=other&split=train", of(base), of(other));
    await expectComparison("base=base&other=other&score=judge", base, other, judge);
  });

  test("two steps of one run are compared likewise", async () => {
    const at = (step: number) => base.filter((one) => one.step === step);
    const found = await expectComparison("base=base&base_step=1&other=base&other_step=5", at(1), at(5));
    expect(found.base.train_step).toBe(1);
    const same = await compare("base=base&other=base");
    expect(same).toMatchObject({ won: 0, lost: 0, difference: 0, difference_low: 0, difference_high: 0 });
  });

  test("pages without a gap, from either end, and lists what only one of them has", async () => {
    const seen: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page: RunComparison = await compare(
        `base=base&other=other&sort=gains&limit=3${next && `&cursor=${next}`}`,
      );
      seen.push(...page.data.map(({ group }) => group));
      next = page.pagination.next_cursor;
    }
    const { data, prompts } = await compare("base=base&other=other&sort=losses&limit=100");
    expect(seen).toHaveLength(prompts);
    expect(seen.toSorted()).toEqual(data.map(({ group }) => group).toSorted());
    expect((await compare("base=base&other=other&show=other")).data).toContainEqual({
      group: "new",
      prompt_excerpt: "Prompt new",
      base: null,
      other: { mean: 1, valid: 1, split: "train", train_step: 1 },
      difference: null,
    });
    expect((await compare("base=other&other=base&show=base")).data.map(({ group }) => group)).toContain(
      "new",
    );
  });

  test("the greatest changes come first, losses and gains alike, and page without a gap", async () => {
    const query = "base=base&other=other&sort=changes";
    const whole = (await compare(`${query}&limit=100`)).data;
    const sizes = whole.map(({ difference }) => Math.abs(difference as number));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const { data, pagination } = await compare(`${query}&limit=4`);
    const rest = await compare(`${query}&limit=100&cursor=${pagination.next_cursor}`);
    expect([...data, ...rest.data]).toEqual(whole);
  });

  test.each([
    ["base=base", "/other"],
    ["base=base&other=other&show=all", "/show"],
    ["base=base&other=other&base_step=x", "/base_step"],
    ["base=base&other=other&cursor=abc", "/cursor"],
  ])("?%s is refused by name", async (query, pointer) => {
    const answer = await request(app, "GET", `/api/runs/compare?${query}`);
    expect([answer.status, (answer.body.errors as { pointer: string }[])[0]?.pointer]).toEqual([
      422,
      pointer,
    ]);
  });
});

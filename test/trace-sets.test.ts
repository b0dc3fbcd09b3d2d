import { beforeAll, describe, expect, test } from "vitest";
import type { Problem, TracePage } from "../src/contract/pages.ts";
import { Deleted, Facets, TraceStats } from "../src/contract/stats.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import {
  type Filters,
  passes,
  randomFilters,
  randomTraces,
  type SentTrace,
  toQueryString,
} from "./support/filtered-traces.ts";

const database = useDatabase();
const app = useApp(database);
let traces: SentTrace[];

async function importTraces(sent: SentTrace[]) {
  const lines = sent.map((trace) => JSON.stringify(trace)).join("\n");
  const type = { "content-type": "application/x-ndjson" };
  const report = await request(app, "POST", "/api/imports?format=native", lines, type);
  expect(report.body).toMatchObject({ rejected: 0 });
}

beforeAll(async () => {
  traces = randomTraces(200);
  await importTraces(traces);
});

/** Counts by value, most frequent first. */
function countBy(values: (string | null)[]) {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count }));
}

const sorted = (counts: { value: string | null; count: number }[]) =>
  counts.toSorted((a, b) => b.count - a.count || String(a.value).localeCompare(String(b.value)));
const sourceOf = ({ meta }: SentTrace) => (meta?.source as string | undefined) ?? null;
const tagsOf = ({ meta }: SentTrace) => (meta?.tags as string[] | undefined) ?? [];

describe("statistics", () => {
  test.each([{}, ...Array.from({ length: 10 }, (_, seed) => randomFilters(seed + 500))])(
    "count what passes %j",
    async (filters: Filters) => {
      const passing = traces.filter((trace) => passes(trace, filters));
      const { body, status } = await request<TraceStats>(
        app,
        "GET",
        `/api/traces/stats?${toQueryString(filters)}`,
      );
      expect([filters, status]).toEqual([filters, 200]);
      expect(compileCheck(TraceStats)(body)).toEqual([]);
      expect(body).toMatchObject({ traces: passing.length, approximate: false, sampled_share: 1 });
      const wanted: Record<string, (string | null)[]> = {
        version: passing.map(({ trace_version }) => trace_version),
        run: passing.map(({ rollout }) => rollout?.run ?? null),
        source: passing.map(sourceOf),
        model: passing.map(({ generation }) => generation?.model ?? null),
        finish_reason: passing.map(({ generation }) => generation?.finish_reason ?? null),
        tag: passing.flatMap(tagsOf),
        day: passing.map(({ created_at }) => created_at.slice(0, 10)),
      };
      for (const [field, values] of Object.entries(wanted))
        expect([field, sorted(body.by[field as keyof TraceStats["by"]])]).toEqual([
          field,
          sorted(countBy(values)),
        ]);
      expect(body.by.day.map(({ value }) => value)).toEqual(
        body.by.day
          .map(({ value }) => value)
          .toSorted()
          .toReversed(),
      );
      const { steps } = body.histograms;
      for (const { from, below, count } of steps) {
        const within = passing.filter(
          ({ steps: { length } }) => length >= from && length < (below ?? Infinity),
        );
        expect([from, below, count]).toEqual([from, below, within.length]);
      }
      expect(steps.reduce((sum, { count }) => sum + count, 0)).toBe(passing.length);
      const withTokens = passing.filter(({ generation }) => generation?.completion_tokens != null);
      expect(body.histograms.tokens.reduce((sum, { count }) => sum + count, 0)).toBe(withTokens.length);
    },
  );

  test("are empty where filters contradict each other, and refused where they are bad", async () => {
    const { body } = await request<TraceStats>(app, "GET", "/api/traces/stats?min_steps=2&max_steps=1");
    expect(body).toMatchObject({ traces: 0, approximate: false, by: { source: [] } });
    expect((await request(app, "GET", "/api/traces/stats?mood=good")).status).toBe(422);
  });
});

describe("facets", () => {
  const valuesOf: Record<string, (trace: SentTrace) => (string | null)[]> = {
    source: (trace) => [sourceOf(trace)],
    model: ({ generation }) => [generation?.model ?? null],
    tag: tagsOf,
    run: ({ rollout }) => [rollout?.run ?? null],
    split: ({ rollout }) => [rollout?.split ?? null],
    finish_reason: ({ generation }) => [generation?.finish_reason ?? null],
    step_type: ({ steps }) => [...new Set(steps.map(({ type }) => type))],
    version: ({ trace_version }) => [trace_version],
    score: ({ scores = [] }) => [
      ...new Set(scores.filter(({ step_i }) => step_i === undefined).map(({ name }) => name)),
    ],
    meta: ({ meta }) => Object.keys(meta ?? {}),
  };
  const cases = Object.keys(valuesOf).flatMap((field): [string, Filters, string?][] => [
    [field, {}],
    [field, { min_steps: 3 }],
    [field, { not_tag: ["a"] }, "s"],
    [field, {}, "m"],
    [field, {}, "%"],
  ]);
  test.each(cases)("of %s with %j and the prefix %s", async (field, filters, prefix) => {
    const query = toQueryString({ field, limit: 100, ...filters, ...(prefix && { prefix }) });
    const { body } = await request<Facets>(app, "GET", `/api/facets?${query}`);
    expect(compileCheck(Facets)(body)).toEqual([]);
    const values = traces
      .filter((trace) => passes(trace, filters))
      .flatMap((trace) => valuesOf[field]?.(trace) ?? [])
      .filter((value) => value?.startsWith(prefix ?? "") === true);
    expect(body).toMatchObject({ approximate: false, sampled_share: 1 });
    expect(sorted(body.data)).toEqual(sorted(countBy(values)));
    expect(body.data.map(({ count }) => count)).toEqual(
      body.data.map(({ count }) => count).toSorted((a, b) => b - a),
    );
  });

  test.each([
    ["", "/field"],
    ["field=mood", "/field"],
    ["field=tag&limit=0", "/limit"],
    ["field=tag&prefix=", "/prefix"],
    ["field=tag&sauce=a", "/sauce"],
  ])("?%s is refused by name", async (query, pointer) => {
    const answer = await request<Problem>(app, "GET", `/api/facets?${query}`);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe("in a store too large to look at every trace", () => {
  const big = useDatabase();
  const bigApp = useApp(big);
  const COUNT = 60_000;
  beforeAll(async () => {
    await big.pool.query(`
      INSERT INTO traces (id, created_at, step_count, char_count, trace_version, prompt_key, source, tags, step_types, prompt_excerpt, content_hash)
      SELECT gen_random_uuid(), now(), n % 10 + 1, n, '1.0', n::text, CASE WHEN n % 4 = 0 THEN 'quarter' WHEN n % 1000 = 1 THEN 'rare' ELSE 'rest' END,
             ARRAY['t' || n % 3], ARRAY['think'], repeat('x', 200), '\\x00'
      FROM generate_series(1, ${COUNT}) AS n`);
    await big.pool.query("ANALYZE traces");
  }, 60_000);

  const near = (expected: number, share = 0.3) => ({
    asymmetricMatch: (value: unknown) => Math.abs((value as number) - expected) < share * expected,
  });

  test("counts are reckoned from a sample, and the answer says so", async () => {
    const { body } = await request<TraceStats>(bigApp, "GET", "/api/traces/stats");
    expect(body).toMatchObject({ traces: near(COUNT), approximate: true, sampled_share: near(0.5) });
    const counts = Object.fromEntries(body.by.source.map(({ value, count }) => [value, count]));
    expect(counts).toMatchObject({ quarter: near(COUNT / 4), rest: near(0.75 * COUNT) });
    const facets = (await request<Facets>(bigApp, "GET", "/api/facets?field=tag")).body;
    expect(facets.approximate).toBe(true);
    expect(facets.data).toHaveLength(3);
    // Some ninety pages: how many it happens to be varies by a tenth.
    for (const { count } of facets.data) expect(count).toEqual(near(COUNT / 3, 0.6));
  });

  test("what few traces match is counted", async () => {
    const { body } = await request<TraceStats>(bigApp, "GET", "/api/traces/stats?source=rare");
    expect(body).toMatchObject({ traces: COUNT / 1000, approximate: false, sampled_share: 1 });
    const quarter = await request<TraceStats>(bigApp, "GET", "/api/traces/stats?source=quarter");
    expect(quarter.body).toMatchObject({ traces: COUNT / 4, approximate: false, sampled_share: 1 });
    const facets = await request<Facets>(bigApp, "GET", "/api/facets?field=source&prefix=ra");
    expect(facets.body).toMatchObject({ data: [{ value: "rare", count: COUNT / 1000 }], approximate: false });
  });

  test("counts follow a deletion at once", async () => {
    const gone = await request<Deleted>(bigApp, "DELETE", "/api/traces?source=rest");
    expect(gone.body).toEqual({ deleted: COUNT * 0.75 - COUNT / 1000, dry_run: false });
    const { body } = await request<TraceStats>(bigApp, "GET", "/api/traces/stats");
    expect(body.by.source.map(({ value }) => value)).not.toContain("rest");
  });
});

describe("deletion by filter", () => {
  const ids = async (query = "") =>
    (await request<TracePage>(app, "GET", `/api/traces?limit=100${query}`)).body.data.map(({ id }) => id);

  test("without a filter is refused, dry or not", async () => {
    for (const query of ["", "?dry_run=true", "?dry_run=false"]) {
      const answer = await request<Problem>(app, "DELETE", `/api/traces${query}`);
      expect([answer.status, answer.body.detail]).toEqual([
        422,
        expect.stringContaining("at least one filter"),
      ]);
    }
    for (const query of ["?dry_run=yes&source=a", "?sauce=a", "?limit=5&source=a"])
      expect((await request(app, "DELETE", `/api/traces${query}`)).status).toBe(422);
    expect(await ids()).toHaveLength(100);
  });

  test("dry_run counts, and then all of them are gone with what hangs on them, and no others", async () => {
    const filters = { source: "s2", min_steps: 2 };
    const passing = traces.filter((trace) => passes(trace, filters));
    const query = toQueryString(filters);
    const dry = await request<Deleted>(app, "DELETE", `/api/traces?${query}&dry_run=true`);
    expect(dry.body).toEqual({ deleted: passing.length, dry_run: true });
    const gone = await request<Deleted>(app, "DELETE", `/api/traces?${query}`);
    expect(compileCheck(Deleted)(gone.body)).toEqual([]);
    expect(gone.body).toEqual({ deleted: passing.length, dry_run: false });
    expect(await ids(`&${query}`)).toEqual([]);
    for (const [table, key] of [
      ["traces", "id"],
      ["trace_payloads", "trace_id"],
    ]) {
      const { rows } = await database.pool.query(`SELECT ${key}::text AS id FROM ${table}`);
      const left = traces.filter((trace) => !passes(trace, filters));
      expect(rows.map(({ id }) => id).toSorted()).toEqual(left.map(({ id }) => id).toSorted());
    }
    const orphans = await database.pool.query(
      "SELECT FROM scores WHERE NOT EXISTS (SELECT FROM traces WHERE id = trace_id)",
    );
    expect(orphans.rowCount).toBe(0);
    expect((await request<Deleted>(app, "DELETE", `/api/traces?${query}`)).body.deleted).toBe(0);
    await importTraces(traces);
    expect(await ids(`&${query}`)).toHaveLength(passing.length);
  });

  test("leaves the traces of a hidden run, and what contradicts itself, alone", async () => {
    await database.pool.query("UPDATE runs SET hidden_at = now() WHERE name = 'run-0'");
    expect((await request<Deleted>(app, "DELETE", "/api/traces?run=run-0")).body.deleted).toBe(0);
    await database.pool.query("UPDATE runs SET hidden_at = NULL");
    expect((await ids("&run=run-0")).length).toBeGreaterThan(0);
    expect((await request<Deleted>(app, "DELETE", "/api/traces?min_steps=2&max_steps=1")).body.deleted).toBe(
      0,
    );
  });
});

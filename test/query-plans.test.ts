// No list may read a whole table, whatever it filters, sorts by and searches for: the plans tell.
import type pg from "pg";
import { beforeAll, expect, test } from "vitest";
import type { TraceFilters } from "../src/contract/filters.ts";
import { type TraceSort, traceSorts } from "../src/contract/pages.ts";
import { pairTerm, valueTerm, wordTerm } from "../src/search/terms.ts";
import { compress } from "../src/store/compress.ts";
import { listTraces } from "../src/store/list-traces.ts";
import { type Part, PartsEncoder } from "../src/store/search/postings.ts";
import { PostingsSorter } from "../src/store/search/postings-sorter.ts";
import { insertSegment } from "../src/store/search/segments.ts";
import { useDatabase } from "./support/database.ts";
import { trace10 } from "./support/traces.ts";

const database = useDatabase();
const COUNT = 40_000;
const SEGMENT = 4_000;

beforeAll(async () => {
  await database.pool.query("INSERT INTO runs (name) SELECT 'run-' || n FROM generate_series(0, 9) AS n");
  await database.pool.query(`
    INSERT INTO traces (id, created_at, run_id, train_step, step_count, char_count, completion_tokens, reward,
      trace_version, split, prompt_key, source, model, finish_reason, tags, step_types, prompt_excerpt, content_hash, meta)
    SELECT gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '1 minute', 1 + n * 10 / ${COUNT + 1}, n / 40 % 100,
      n % 50, n % 9973, n % 4999, CASE WHEN n % 5 > 0 THEN n % 2 END, CASE WHEN n < 4000 THEN '1.0' ELSE '1.1' END,
      CASE n % 20 WHEN 0 THEN 'validation' ELSE 'train' END, 'p-' || n % 3000, 'source-' || n % 5,
      'model-' || n * 20 / ${COUNT + 1}, CASE n % 50 WHEN 0 THEN 'length' ELSE 'stop' END, ARRAY['tag-' || n % 200],
      ARRAY['think', CASE n % 100 WHEN 0 THEN 'odd' ELSE 'act' END], repeat('x', 150), '\\x00',
      jsonb_build_object('level', n % 5, 'n', n) || CASE n % 500 WHEN 0 THEN '{"seen": true}'::jsonb ELSE '{}' END
    FROM generate_series(1, ${COUNT}) AS n`);
  await database.pool.query(`
    INSERT INTO scores (trace_id, name, scored_by, value, status)
    SELECT id, 'quality', 'judge', step_count % 10, 'ok' FROM traces`);
  await fillIndex();
  await database.pool.query("ANALYZE");
}, 120_000);

/** Every trace has the word "common", one in 5,000 "rare", one in 4,000 "seldom together". */
async function fillIndex() {
  await database.pool.query(`
    INSERT INTO search_numbers (trace_id, number) SELECT id, row_number() OVER (ORDER BY created_at) - 1 FROM traces`);
  const text = compress(Buffer.from(JSON.stringify(trace10({ prompt: "common" }))));
  await database.pool.query("INSERT INTO trace_payloads (trace_id, payload) SELECT id, $1 FROM traces", [
    text,
  ]);
  const pair = pairTerm(wordTerm("seldom"), wordTerm("together"));
  const client = await database.pool.connect();
  for (let first = 0; first < COUNT; first += SEGMENT) {
    const sorter = new PostingsSorter();
    for (let place = 0; place < SEGMENT; place++) {
      const n = first + place + 1;
      sorter.add(wordTerm("common"), place);
      if (n % 5_000 === 0) sorter.add(wordTerm("rare"), place);
      if (place === 0)
        for (const term of [wordTerm("seldom"), wordTerm("together"), pair]) sorter.add(term, place);
      for (const value of [`source-${n % 5}`, `tag-${n % 200}`]) sorter.add(valueTerm(value), place);
      for (let other = 0; other < 50; other++) sorter.add((other * 83_777 + first) % 2 ** 31, place);
    }
    const parts: Part[] = [];
    const encoder = new PartsEncoder(SEGMENT, (part) => parts.push(part));
    sorter.drainInto(encoder);
    encoder.end();
    await insertSegment(client as never, { first, span: SEGMENT }, parts);
  }
  client.release();
}

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Name"?: string;
  "Index Cond"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Lists with a client that has every statement explained as well; returns the plans, and how many were listed. */
async function explain(filters: TraceFilters, sort: TraceSort) {
  const plans: Plan[] = [];
  const client = await database.pool.connect();
  const spy = {
    query: async (statement: string | { text: string; values: unknown[] }) => {
      const { text, values } =
        typeof statement === "string" ? { text: statement, values: undefined } : statement;
      const [settings = ""] = /^(SET LOCAL [^;]*;\s*)*/.exec(text) ?? [];
      if (text.startsWith("EXPLAIN", settings.length)) return client.query(statement as never);
      const query = `${settings} EXPLAIN (ANALYZE, FORMAT JSON) ${text.slice(settings.length)}`;
      const answers = [await client.query(query, values)].flat();
      plans.push(answers.at(-1)?.rows[0]["QUERY PLAN"][0].Plan);
      return client.query(statement as never);
    },
  } as unknown as pg.ClientBase;
  try {
    const page = await listTraces(spy, { ...filters, sort });
    return { plans, count: page.data.length };
  } finally {
    client.release();
  }
}

const single: TraceFilters[] = [
  {},
  { version: "1.0" },
  { version: "1.1" },
  { run: "run-0" },
  { run: "run-9" },
  { run: "none" },
  { split: "validation" },
  { train_step: 55 },
  { min_train_step: 99 },
  { max_train_step: 0 },
  { group: "p-77" },
  { finish_reason: "length" },
  { finish_reason: "error" },
  { source: "source-1" },
  { source: "none" },
  { model: "model-0" },
  { tag: ["tag-77"] },
  { tag: ["none"] },
  { step_type: "odd" },
  { min_steps: 49 },
  { max_steps: 0 },
  { min_steps: 60 },
  { min_chars: 9970 },
  { max_chars: 5 },
  { min_tokens: 4995 },
  { max_tokens: 5 },
  { created_from: "2026-01-28" },
  { created_before: "2026-01-02" },
  { "score.reward": 1 },
  { "min_score.reward": 2 },
  { "score_status.reward": "error" },
  { "score.quality": 3 },
  { "min_score.quality": 10 },
  { "score.none": 1 },
  { "meta.level": "3" },
  { "meta.n": "777" },
  { "meta.none": "1" },
  { has: ["seen"] },
  { has: ["none"] },
  { not_source: ["source-1"] },
  { not_run: ["run-9"] },
];
const pairs: TraceFilters[] = [
  { run: "run-3", "score.reward": 1 },
  { run: "run-3", train_step: 7 },
  { source: "source-1", tag: ["tag-3"] },
  { model: "model-2", min_steps: 49 },
  { version: "1.0", run: "run-9" },
  { model: "model-0", run: "run-9" },
  { tag: ["tag-3", "tag-4"] },
  { "meta.level": "3", has: ["seen"] },
  { "meta.level": "2", source: "source-1" },
  { min_steps: 48, max_chars: 100 },
  { step_type: "odd", finish_reason: "stop", min_tokens: 4000 },
  { group: "p-5", run: "run-0" },
  { not_source: ["source-1"], train_step: 7 },
  { not_source: ["source-0", "source-2", "source-3", "source-4"], min_train_step: 1 },
  { not_run: ["run-0"], max_train_step: 3 },
  { not_model: ["model-19", "model-18", "model-17"], min_chars: 1 },
  { has: ["seen"], "min_score.quality": 5 },
  { has: ["seen"], "score_status.reward": "error" },
  { max_steps: 8, "score.quality": 9 },
  { max_chars: 5_000, "min_score.reward": 1 },
];

const sorts = ["newest", "oldest", "longest", "reward_low"] as const;
test.each([...single, ...pairs].flatMap((filters) => sorts.map((sort) => [filters, sort] as const)))(
  "%j sorted by %s reads no table whole",
  async (filters, sort) => {
    const { plans } = await explain(filters, sort);
    // A walk, then a longer one, or a look at how many scores there are and a lookup. Where some have no value in the order,
    // after the walk a look whether it came to its end, and one on from there.
    expect(plans.length).toBeLessThanOrEqual(sort === "reward_low" ? 5 : 3);
    for (const node of plans.flatMap(nodesOf)) {
      const { "Relation Name": table, "Node Type": type } = node;
      if (table === "traces" || table === "scores") expect(type).not.toBe("Seq Scan");
    }
  },
);

test.each(traceSorts)("the first page sorted by %s reads a page's rows", async (sort) => {
  const { plans, count } = await explain({}, sort);
  const read = plans.flatMap(nodesOf).filter((node) => node["Relation Name"] === "traces");
  expect(count).toBe(20);
  for (const node of read) {
    expect(node["Node Type"]).toMatch(/^Index/);
    expect(node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)).toBeLessThanOrEqual(21);
  }
});

test.each<[TraceFilters, string]>([
  [{ run: "run-0" }, "traces_run_time"],
  [{ model: "model-0" }, "traces_model_time"],
  [{ source: "source-3" }, "traces_source_time"],
])("%j is walked by its own index, however far from the list's head", async (filters, index) => {
  for (const sort of ["newest", "oldest"] as const) {
    const { plans, count } = await explain(filters, sort);
    expect(count).toBe(20);
    expect(plans).toHaveLength(1);
    const names = plans.flatMap(nodesOf).map((node) => node["Index Name"]);
    expect(names).toContain(index);
    expect(names).not.toContain("traces_created_at");
  }
});

const indexesOf = (plan: Plan | undefined) =>
  plan === undefined ? [] : nodesOf(plan).map((node) => node["Index Name"]);

test("what matches much, but nothing near the list's head, is walked on for", async () => {
  const { plans, count } = await explain({ version: "1.1", min_train_step: 1 }, "oldest");
  expect(count).toBe(20);
  expect(plans.map((plan) => indexesOf(plan).includes("traces_created_at"))).toEqual([true, true]);
});

test("little is fetched of what is left out, where another condition finds nothing else", async () => {
  const others = ["source-1", "source-2", "source-3", "source-4"];
  const { plans, count } = await explain({ not_source: others, "min_score.reward": 0 }, "newest");
  expect(count).toBe(0);
  const nodes = nodesOf(plans.at(-1) as Plan);
  expect(nodes.map((node) => node["Node Type"])).toContain("BitmapAnd");
  // Of 32,000 with a reward.
  for (const node of nodes) expect(node["Rows Removed by Filter"] ?? 0).toBeLessThan(16_000);
});

test("traces with a score that few have are fetched by their ids, in the order in which they lie", async () => {
  const { plans, count } = await explain({ max_steps: 8, "score.quality": 9 }, "newest");
  expect(count).toBe(0);
  const types = nodesOf(plans.at(-1) as Plan).map((node) => node["Node Type"]);
  expect(types).toContain("Bitmap Heap Scan");
  expect(types).not.toContain("Nested Loop");
});

test("a range of what the list is sorted by is where its walk begins", async () => {
  const { plans, count } = await explain({ max_chars: 5_000, split: "train" }, "longest");
  expect(count).toBe(20);
  expect(plans).toHaveLength(1);
});

const TABLES = ["traces", "scores", "trace_payloads", "search_numbers", "search_postings"];
const searches = [
  "common",
  "rare",
  "nowhere",
  '"seldom together"',
  '"common seldom"',
  'rare "seldom together"',
  '"seldom together" or rare',
];
const filters: TraceFilters[] = [
  {},
  { source: "source-1" },
  { tag: ["tag-77"] },
  { run: "run-3", min_steps: 40 },
];
test.each(searches.flatMap((q) => filters.map((others) => [q, others] as const)))(
  "a search for %s within %j reads no table whole",
  async (q, others) => {
    for (const sort of ["newest", "longest"] as const) {
      const { plans } = await explain({ ...others, q }, sort);
      for (const node of plans.flatMap(nodesOf))
        if (TABLES.includes(node["Relation Name"] ?? ""))
          expect(node["Node Type"], node["Relation Name"]).not.toBe("Seq Scan");
    }
  },
);

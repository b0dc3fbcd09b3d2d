import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { type Problem, type TraceCreated, TracePage } from "../src/contract/pages.ts";
import type { IndexState } from "../src/contract/search.ts";
import { type Facets, TraceStats } from "../src/contract/stats.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { streamUnscored } from "../src/store/scores/unscored-traces.ts";
import { catchUpIndex, waitForIndex } from "../src/store/search/catch-up-index.ts";
import { SearchIndexer, type TakenUp } from "../src/store/search/search-index.ts";
import { startIndexer } from "../src/store/search/start-indexer.ts";
import { copyTraces, partOfTransaction } from "../src/store/writing/copy-traces.ts";
import { RowsEncoder } from "../src/store/writing/encode-rows.ts";
import { toStoredRow } from "../src/store/writing/stored-row.ts";
import { checkTrace } from "../src/trace/check-trace.ts";
import { parseJson } from "../src/trace/json-document.ts";
import { toTraceRow } from "../src/trace/trace-row.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { createRandom } from "./support/random-json.ts";
import { waitFor } from "./support/running-server.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);
const connect = async () => {
  const client = new pg.Client(database.connection);
  client.on("error", () => {});
  await client.connect();
  return client;
};
const catchUp = () => catchUpIndex(database.pool, { connect });
const create = async (trace: object) =>
  (await request<TraceCreated>(app, "POST", "/api/traces", trace)).body.id;
const withText = (prompt: string, more: object = {}) => trace10({ prompt, ...more });
const list = (q: string, more = "") =>
  request<TracePage>(app, "GET", `/api/traces?q=${encodeURIComponent(q)}${more}`);
const idsOf = async (q: string, more = "") => (await list(q, more)).body.data.map(({ id }) => id);
const importLines = (traces: object[]) =>
  request(app, "POST", "/api/imports", traces.map((trace) => JSON.stringify(trace)).join("\n"), {
    "content-type": "application/x-ndjson",
  });
const count = async (table: string) =>
  (await database.pool.query(`SELECT count(*)::int AS count FROM ${table}`)).rows[0].count;

describe("a list with q", () => {
  test("holds what was found, with excerpts that say where", async () => {
    const id = await create(
      trace11({
        prompt: "Add the zebras",
        scores: [],
        steps: [
          { i: 3, type: "thinking", content: "first" },
          { i: 7, type: "thinking", content: "now carry the one zebra over" },
        ],
      }),
    );
    await create(withText("nothing of it"));
    await catchUp();
    const { body } = await list('zebra "carry the one"');
    expect(compileCheck(TracePage)(body)).toEqual([]);
    expect(body.data.map((item) => item.id)).toEqual([id]);
    expect(body.data[0]?.excerpts).toEqual([
      { place: "prompt", parts: [{ text: "Add the " }, { text: "zebras", hit: true }] },
      {
        place: "step",
        step: 1,
        i: 7,
        parts: [
          { text: "now " },
          { text: "carry the one", hit: true },
          { text: " " },
          { text: "zebra", hit: true },
          { text: " over" },
        ],
      },
    ]);
    expect(body.pagination).toEqual({ limit: 20, offset: 0, next_offset: null, next_cursor: null });
  });

  test.each([
    ["最小的数字", "我们需要最小的数字"],
    ["計算", "まず計算する"],
    ["\\frac", "is \\frac{1}{2}"],
    ["x_1", "let $x_1$ be"],
    ["foo::bar", "use foo::bar()"],
  ])("finds %s", async (q, prompt) => {
    const id = await create(withText(prompt));
    await catchUp();
    expect(await idsOf(q)).toEqual([id]);
  });

  test.each(["%22open", "or%20x", "-x", "%2B", "x%20or"])("says what is wrong with q=%s", async (q) => {
    const answer = await request<Problem>(app, "GET", `/api/traces?q=${q}`);
    expect([answer.status, answer.body.errors?.[0]?.pointer, answer.body.errors?.[0]?.code]).toEqual([
      422,
      "/q",
      "search_syntax",
    ]);
  });

  test("goes together with other filters, and refuses a cursor of another search", async () => {
    const a = await create(withText("the quagga", { meta: { source: "a" } }));
    const b = await create(withText("a quagga", { meta: { source: "b" } }));
    await catchUp();
    expect((await idsOf("quagga")).toSorted()).toEqual([a, b].toSorted());
    expect(await idsOf("quagga", "&source=b")).toEqual([b]);
    expect(await idsOf("quagga", "&min_steps=9&max_steps=1")).toEqual([]);
    const cursor = (await list("quagga", "&limit=1")).body.pagination.next_cursor;
    expect((await list("zebra", `&cursor=${cursor}`)).status).toBe(422);
    expect((await list("quagga", `&cursor=${cursor}`)).body.data).toHaveLength(1);
  });
});

describe("against reading every trace", () => {
  const random = createRandom(11);
  const vocabulary = [
    "alpha",
    "beta",
    "gammas",
    "delta",
    "x_1",
    "\\frac{1}{2}",
    "3.14",
    "数字",
    "計算",
    "one",
    "two",
  ];
  // Common words, and some that are rare: both ways of finding are taken.
  const rare = ["xylophone", "最大"];
  const texts = new Map<string, string>();
  beforeAll(async () => {
    await database.pool.query("TRUNCATE traces, trace_payloads, search_numbers, search_pending CASCADE");
    const traces = Array.from({ length: 1_500 }, (_, number) => {
      const words = Array.from({ length: 1 + random.below(6) }, () => random.pick(vocabulary));
      if (number % 211 === 0) words.push(random.pick(rare));
      const prompt = words.join(" ");
      const id = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
      texts.set(id, prompt);
      return {
        ...trace10({ id, prompt, final_answer: "-", meta: { source: number % 3 === 0 ? "a" : "b" } }),
        steps: Array.from({ length: 1 + (number % 7) }, (_, i) => ({ i, type: "t", content: "." })),
        created_at: new Date(Date.UTC(2026, 0, 1) + 1_000 * (number % 500)).toISOString(),
      };
    });
    await importLines(traces);
    await catchUp();
  });

  const has = (text: string, written: string) => {
    const [, word] = /^(gamma|[a-z]+)$/.exec(written) ?? [];
    return word === undefined
      ? ` ${text} `.includes(` ${written} `) || (/[^\0-\x7f]/.test(written) && text.includes(written))
      : text.split(" ").some((each) => each.replace("gammas", "gamma") === word);
  };
  const questions: [q: string, holds: (text: string) => boolean][] = [
    ["alpha", (text) => has(text, "alpha")],
    ["gamma beta", (text) => has(text, "gamma") && has(text, "beta")],
    ["alpha -beta", (text) => has(text, "alpha") && !has(text, "beta")],
    ["xylophone or 最大", (text) => rare.some((word) => has(text, word))],
    ["xylophone alpha", (text) => has(text, "xylophone") && has(text, "alpha")],
    ['"alpha beta"', (text) => has(text, "alpha beta")],
    ['"one two" -"alpha beta"', (text) => has(text, "one two") && !has(text, "alpha beta")],
    ['x_1 "beta \\frac{1}{2}"', (text) => has(text, "x_1") && has(text, "beta \\frac{1}{2}")],
    ["3.14 or 数字 -one", (text) => has(text, "3.14") || (has(text, "数字") && !has(text, "one"))],
    ["計算 two", (text) => has(text, "計算") && has(text, "two")],
    ["nowhere", () => false],
    ['"beta alpha one two"', (text) => has(text, "beta alpha one two")],
  ];

  test.each(questions)("%s gives the same, page by page, in every order", async (q, holds) => {
    for (const [more, passes] of [
      ["&sort=newest", () => true],
      ["&sort=fewest_steps&source=a", (number: number) => number % 3 === 0],
      ["&sort=longest&min_steps=3", (number: number) => 1 + (number % 7) >= 3],
    ] as const) {
      const expected = [...texts]
        .filter(([id, text]) => holds(text) && passes(Number(id.slice(-12))))
        .map(([id]) => id);
      const found: string[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const { body }: { body: TracePage } = await list(
          q,
          `${more}&limit=97${cursor && `&cursor=${cursor}`}`,
        );
        found.push(...body.data.map(({ id }) => id));
        cursor = body.pagination.next_cursor;
      }
      expect(found.toSorted(), more).toEqual(expected.toSorted());
      expect(new Set(found).size).toBe(found.length);
      const { data } = (await list(q, `${more}&limit=5&offset=3`)).body;
      expect(data.map(({ id }) => id)).toEqual(found.slice(3, 8));
    }
  });

  test("an export holds the same traces", async () => {
    for (const [q, holds] of questions) {
      const answer = await request(app, "GET", `/api/exports?q=${encodeURIComponent(q)}`);
      const exported = answer.text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line).id);
      const expected = [...texts].filter(([, text]) => holds(text)).map(([id]) => id);
      expect(exported.toSorted(), q).toEqual(expected.toSorted());
    }
  });
});

test("statistics and facets count phrases by what the index knows, and say so", async () => {
  const meta = { source: "counted-by-phrase", tags: ["counted"] };
  for (const prompt of ["an okapi ran by", "an okapi, ran", "a giraffe"])
    await create(withText(prompt, { meta }));
  await catchUp();
  const counted = async (q: string) => {
    const query = `q=${encodeURIComponent(q)}&source=counted-by-phrase`;
    const stats = (await request<TraceStats>(app, "GET", `/api/traces/stats?${query}`)).body;
    const facets = (await request<Facets>(app, "GET", `/api/facets?field=tag&${query}`)).body;
    expect(compileCheck(TraceStats)(stats)).toEqual([]);
    return [stats.traces, stats.approximate, facets.data[0]?.count, facets.approximate];
  };
  expect(await counted("okapi")).toEqual([2, false, 2, false]);
  expect(await counted('"okapi ran"')).toEqual([2, true, 2, true]);
  expect(await counted('"giraffe ran"')).toEqual([0, true, undefined, true]);
});

describe("deletion by a phrase", () => {
  test("takes what has the phrase as written, and waits for what was stored before", async () => {
    const source = "&source=deleted-by-phrase";
    const meta = { source: "deleted-by-phrase" };
    const phrase = await create(withText("look, a green okapi here", { meta }));
    const words = await create(withText("an okapi on a green field", { meta }));
    const path = `/api/traces?q=${encodeURIComponent('"green okapi"')}${source}`;
    const stop = startIndexer(database.connection);
    try {
      const counted = await request(app, "DELETE", `${path}&dry_run=true`);
      expect(counted.body).toEqual({ deleted: 1, dry_run: true });
      expect((await request(app, "DELETE", path)).body).toEqual({ deleted: 1, dry_run: false });
    } finally {
      await stop();
    }
    expect((await request(app, "GET", `/api/traces/${phrase}`)).status).toBe(404);
    expect((await request(app, "GET", `/api/traces/${words}`)).status).toBe(200);
  });
});

test("a word is not taken for another one that has its hash", async () => {
  const meta = { source: "of-one-hash" };
  const wanted = await create(withText("order 155208 shipped", { meta }));
  const other = await create(withText("invoice 206714 paid", { meta }));
  await catchUp();
  const filters = "q=155208&source=of-one-hash";
  expect(await idsOf("155208", "&source=of-one-hash")).toEqual([wanted]);
  expect(await idsOf("paid 155208")).toEqual([]);
  expect((await request(app, "GET", `/api/exports?${filters}`)).text.split("\n")).toHaveLength(2);
  const counted = await request(app, "DELETE", `/api/traces?${filters}&dry_run=true`);
  expect(counted.body).toEqual({ deleted: 1, dry_run: true });
  expect((await request(app, "DELETE", `/api/traces?${filters}`)).body).toEqual({
    deleted: 1,
    dry_run: false,
  });
  expect((await request(app, "GET", `/api/traces/${other}`)).status).toBe(200);
});

test("numbers in arguments are found with every digit", async () => {
  const text = JSON.stringify(
    trace11({ steps: [{ i: 0, type: "t", content: "", args: { n: "N" } }], scores: [] }),
  );
  const { body } = await request<TraceCreated>(
    app,
    "POST",
    "/api/traces",
    text.replace('"N"', "12345678901234567890"),
  );
  await catchUp();
  expect(await idsOf("12345678901234567890")).toEqual([body.id]);
});

describe("the index", () => {
  test("takes up what was posted, imported and deleted, each in its own transaction", async () => {
    await catchUp();
    const before = await count("search_numbers");
    const id = await create(withText("an okapi"));
    await importLines([{ ...withText("imported okapi") }]);
    expect(await count("search_pending")).toBe(2);
    const { body } = await request<IndexState>(app, "GET", "/api/search/status");
    expect(body).toEqual({ pending: 2, oldest_seconds: expect.any(Number) });
    expect((await request(app, "GET", "/metrics")).text).toContain("search_pending_traces 2");
    await catchUp();
    expect([await count("search_pending"), await count("search_numbers")]).toEqual([0, before + 2]);
    await request(app, "DELETE", `/api/traces/${id}`);
    expect(await idsOf("an okapi")).not.toContain(id);
    await catchUp();
    expect([await count("search_pending"), await count("search_numbers")]).toEqual([0, before + 1]);
    expect((await request<IndexState>(app, "GET", "/api/search/status")).body).toEqual({
      pending: 0,
      oldest_seconds: null,
    });
  });

  test("finds what is there now where an id was deleted and sent again before it was taken up", async () => {
    const id = "00000000-0000-4000-9000-000000000001";
    await create(withText("first narwhal", { id }));
    await request(app, "DELETE", `/api/traces/${id}`);
    await create(withText("second narwhal", { id }));
    await catchUp();
    expect(await idsOf("second narwhal")).toEqual([id]);
    expect(await idsOf("first narwhal")).toEqual([]);
  });

  test("leaves out no trace of a transaction that commits late", async () => {
    const client = await connect();
    await client.query("BEGIN");
    const document = parseJson(JSON.stringify(withText("the late axolotl")));
    const encoder = new RowsEncoder();
    const row = await toStoredRow(toTraceRow(document, checkTrace(document.value)));
    encoder.add(row);
    await copyTraces(client, encoder.finish(), new Map(), partOfTransaction, true);
    const early = await create(withText("the early axolotl"));
    await catchUp();
    expect(await idsOf("axolotl")).toEqual([early]);
    await client.query("COMMIT");
    await client.end();
    await catchUp();
    expect((await idsOf("axolotl")).toSorted()).toEqual([row.id, early].toSorted());
  });

  test("has every trace after its process was killed in the middle, again and again", async () => {
    await database.pool.query("TRUNCATE traces, trace_payloads, search_numbers, search_pending CASCADE");
    await importLines(
      Array.from({ length: 4_000 }, (_, number) => withText(`okapi number${number} ${"word ".repeat(200)}`)),
    );
    for (let kill = 0; kill < 4; kill++) {
      const worker = new Worker(new URL("../dist/store/search/indexer-worker.js", import.meta.url), {
        workerData: { connection: database.connection },
      });
      await waitFor(async () => (await count("search_numbers")) > 500 * kill);
      await worker.terminate();
    }
    // The server notices that its client has gone at the end of a statement.
    await waitFor(async () => {
      await catchUp();
      return (await count("search_pending")) === 0;
    });
    expect(await count("search_numbers")).toBe(4_000);
    expect(await idsOf("number3999")).toHaveLength(1);
  });

  test("is kept up to date by the thread of a server within moments", async () => {
    const stop = startIndexer(database.connection);
    try {
      const id = await create(withText("a lone pangolin"));
      const start = performance.now();
      await waitFor(async () => (await idsOf("pangolin")).includes(id));
      expect(performance.now() - start).toBeLessThan(5_000);
    } finally {
      await stop();
    }
  });

  test("is written by one process at a time", async () => {
    const clients = await Promise.all([connect(), connect(), connect(), connect()]);
    const [a, b, c, d] = clients as [pg.Client, pg.Client, pg.Client, pg.Client];
    const first = await SearchIndexer.start(a, b);
    expect(first).toBeDefined();
    expect(await SearchIndexer.start(c, d)).toBeUndefined();
    await create(withText("waits"));
    await expect(waitForIndex(database.pool, 50)).rejects.toMatchObject({
      code: "index_behind",
      retryAfterSeconds: 10,
    });
    const waiting = waitForIndex(database.pool);
    await sleep(100);
    await first?.catchUp();
    await waiting;
    await Promise.all(clients.map((client) => client.end()));
  });

  test("keeps everything that was taken up one by one, while it merges what it has of it", async () => {
    await catchUp();
    const ids: string[] = [];
    for (let number = 0; number < 40; number++) {
      ids.push(await create(withText(`tapir number${number} and ${"tapir ".repeat(number)}`)));
      await catchUp();
    }
    const { rows } = await database.pool.query("SELECT level FROM search_segments");
    expect(rows.length).toBeLessThan(32);
    expect(rows.some(({ level }) => level > 0)).toBe(true);
    expect((await idsOf("tapir", "&limit=100")).toSorted()).toEqual(ids.toSorted());
    for (const number of [0, 17, 39]) expect(await idsOf(`number${number}`)).toContain(ids[number]);
    expect(await idsOf('"number17 and tapir"')).toEqual([ids[17]]);
  });

  test("takes up large traces a few at a time, so that their terms fit into memory", async () => {
    await catchUp();
    // Random letters, of which Brotli saves a quarter: four of them fill a batch.
    const large = (number: number) => `okapi${number} ${randomBytes(540_000).toString("base64")}`;
    const ids: string[] = [];
    for (let number = 0; number < 8; number++)
      ids.push(await create(trace11({ steps: [{ i: 0, type: "t", content: large(number) }] })));
    const clients = [await connect(), await connect()] as const;
    let indexer: SearchIndexer | undefined;
    // Whoever indexed before may still be leaving.
    await waitFor(async () => {
      indexer = await SearchIndexer.start(...clients);
      return indexer !== undefined;
    });
    const batches: TakenUp[] = [];
    await indexer?.catchUp({
      isBusy: async () => false,
      shouldStop: async (batch) => batches.push(batch) === 0,
    });
    await Promise.all(clients.map((client) => client.end()));
    // Each is as much to index as some 270 of 4 KB.
    const work = expect.closeTo(1_080, -2);
    expect(batches).toEqual([
      { traces: 4, isFull: true, work },
      { traces: 4, isFull: false, work },
    ]);
    for (const [number, id] of ids.entries()) expect(await idsOf(`okapi${number}`)).toEqual([id]);
  });

  test("what is to be scored goes on behind candidates whose texts have no such phrase", async () => {
    const phrase = "quagga one two three";
    // Its first and its last three words stand side by side, not all four.
    const prompts = [phrase, "quagga one two. Or one two three", phrase, phrase];
    for (const prompt of prompts) await create(withText(prompt));
    await catchUp();
    const client = await connect();
    const found: string[] = [];
    const filters = { q: `"${phrase}"` };
    for await (const { id } of streamUnscored(client, { filters, missing: undefined }, 2)) found.push(id);
    await client.end();
    expect(found.toReversed()).toEqual(await idsOf(filters.q));
    expect(found).toHaveLength(3);
  });

  test("takes up a huge trace, and one with nothing to find", async () => {
    const content = Array.from({ length: 100_000 }, (_, number) => `w${number}`).join(" ");
    const id = await create(trace11({ prompt: "huge", steps: [{ i: 0, type: "t", content }] }));
    await create(trace11({ prompt: "…", final_answer: null, steps: [], scores: [] }));
    await catchUp();
    expect(await idsOf("w99999 w0")).toEqual([id]);
  });
});

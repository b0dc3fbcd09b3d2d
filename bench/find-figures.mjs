// Figures of finding: how long lists, counts and deletion take in a collection of a million traces.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { collectionLines } from "./collection.mjs";
import { postImport } from "./http-client.mjs";
import { say } from "./progress.mjs";
import { BenchStore } from "./store.mjs";

const SORTS =
  "newest oldest most_steps fewest_steps longest shortest most_tokens fewest_tokens reward_high reward_low".split(
    " ",
  );

const SINGLE = [
  "version=1.0",
  "run=run-2",
  "split=validation",
  "train_step=55",
  "min_train_step=99",
  "max_train_step=0",
  "group=p-12",
  "finish_reason=error",
  "source=science",
  "source=rollouts",
  "source=none",
  "model=model-3",
  "model=model-19",
  "tag=tag-0",
  "tag=tag-199",
  "tag=none",
  "step_type=plan",
  "min_steps=40",
  "max_steps=1",
  "min_chars=7500",
  "max_chars=700",
  "min_tokens=1940",
  "max_tokens=280",
  "score.reward=1",
  "min_score.reward=0.5",
  "score_status.reward=error",
  "score.quality=0.5",
  "meta.level=3",
  "meta.problem=777",
  "meta.reviewed.by=person-3",
  "has=reviewed",
  "created_from=2026-07-01",
  "created_before=2026-01-02",
  "not_source=rollouts",
  "not_model=model-9",
  "not_tag=tag-0",
  "not_run=run-9",
];

const NAMED_PAIRS = [
  "run=run-3&score.reward=1",
  "run=run-3&min_score.reward=0.5",
  "run=run-3&train_step=50",
  "source=science&tag=tag-150",
  "model=model-3&min_steps=20",
  "model=model-19&min_steps=35",
];

/** Many of these match next to nothing together, though each matches much. */
const OTHER_PAIRS = [
  "version=1.0&run=run-3",
  "version=1.0&meta.level=3",
  "version=1.0&score.reward=1",
  "run=run-1&model=model-7",
  "run=run-1&created_from=2026-06-01",
  "source=code&run=run-1",
  "source=rollouts&score.quality=0.5",
  "source=science&min_steps=38",
  "source=math&train_step=3",
  "tag=tag-3&tag=tag-180",
  "tag=tag-170&model=model-18",
  "tag=tag-199&has=reviewed",
  "meta.level=5&finish_reason=error",
  "meta.level=2&score.quality=0.2",
  "meta.reviewed.by=person-1&tag=tag-60",
  "has=reviewed&score_status.reward=error",
  "min_steps=35&max_chars=1500",
  "min_chars=7000&max_tokens=300",
  "split=validation&finish_reason=error",
  "step_type=plan&max_steps=2",
  "group=p-12&finish_reason=length",
  "min_score.quality=0.9&tag=tag-120",
  "not_source=rollouts&min_train_step=1",
  "not_run=run-9&created_from=2026-07-05",
  "score.reward=1&not_source=rollouts",
  "not_model=model-9&finish_reason=stop",
  "not_model=model-10&max_train_step=50",
  "min_score.reward=0.5&max_train_step=50",
  "step_type=plan&max_train_step=50",
  "min_tokens=1940&max_train_step=50",
  "finish_reason=stop&score_status.quality=ok",
  "min_tokens=100&score_status.quality=ok",
  "model=model-3&min_score.quality=0",
  "source=gsm8k&score_status.reward=error",
  "score.reward=1&min_score.quality=0",
  "score_status.reward=pending&score_status.quality=ok",
];

const STATS_FILTERS = [
  "run=run-3",
  "source=science",
  "tag=tag-199",
  "model=model-19&min_steps=20",
  "meta.level=3",
];
const FACETS = ["source", "model", "tag", "run", "meta"].map((field) => `field=${field}`);

/** @param {string | undefined} kept a directory in which the collection is kept, and found again */
export async function measureFind({ amounts }, kept) {
  const few = await withCollection(amounts.findFewTraces, undefined, (store) =>
    store.servingAlone(({ address }) => measure(address, "/api/traces", 5 * amounts.findCalls)),
  );
  return withCollection(amounts.findTraces, kept, (store, bytes) =>
    store.servingAlone(async ({ address }) => {
      const times = (path, calls = amounts.findCalls) => measure(address, path, calls);
      // Counts are given again until something is written: here a transaction that might have.
      const write = () => store.query("SELECT pg_current_xact_id()");
      const counted = (path) => measure(address, path, amounts.findCalls, write);
      const first = await times("/api/traces", 5 * amounts.findCalls);
      const figures = [
        ratioOf(
          `first page of ${amounts.findTraces} against ${amounts.findFewTraces}, p50`,
          median(first),
          median(few),
          1.5,
        ),
        ...(await measureDeepPages(address, amounts)),
        worstOf("a single filter", await measureAll(SINGLE, times), 50),
        worstOf("a named pair of filters", await measureAll(NAMED_PAIRS, times), 50),
        worstOf("any other pair", await measureAll(OTHER_PAIRS, times), 300),
        latency("statistics over everything", await counted("/api/traces/stats"), 1_000),
        worstOf(
          "statistics over a filter",
          await measureAll(STATS_FILTERS, (path) => counted(path.replace("?", "/stats?"))),
          300,
        ),
        worstOf("facets", await measureAll(FACETS, (path) => counted(path.replace("traces", "facets"))), 50),
        ratioOf(
          "facets while nothing is written against the first page, p50",
          median(await times(`/api/facets?${FACETS.at(-1)}`)),
          median(await times("/api/traces")),
          1,
        ),
      ];
      const [{ size }] = await store.query("SELECT pg_database_size(current_database())::float8 AS size");
      const stored = size - (await store.searchBytes());
      figures.push({
        ...ratioOf("database without full text against raw JSONL", stored / 1e6, bytes / 1e6, 1),
        unit: "MB",
      });
      figures.push(...(await measureDeletion(store, address, amounts)));
      return figures;
    }),
  );
}

export async function withCollection(count, kept, work) {
  const store = await BenchStore.open(undefined, kept);
  try {
    const note = join(store.dir, "collection.json");
    const found = await readFile(note, "utf8").then(JSON.parse, () => undefined);
    let bytes = found?.bytes;
    if (found?.count !== count) {
      const start = performance.now();
      await store.empty();
      bytes = await store.serving(({ address }) => importLines(address, collectionLines(count), count));
      await store.settle();
      await writeFile(note, JSON.stringify({ count, bytes }));
      say(`  loaded ${count} traces in ${Math.round((performance.now() - start) / 1000)} s`);
    }
    return await work(store, bytes);
  } finally {
    await store.close();
  }
}

/** Imports the lines as they are made; returns how many bytes they were. */
export async function importLines(address, lines, count) {
  let bytes = 0;
  const pieces = function* () {
    for (let batch = ""; ; ) {
      const { value, done } = lines.next();
      batch += value ?? "";
      if (batch.length < 262_144 && !done) continue;
      const piece = Buffer.from(batch);
      bytes += piece.length;
      yield piece;
      batch = "";
      if (done) return;
    }
  };
  const { report } = await postImport(address, Readable.from(pieces()));
  if (report.inserted !== count) throw new Error(`Of ${count} traces ${report.inserted} were stored`);
  return bytes;
}

/** Pages at nine tenths of the list against first pages, in turn, for every order. */
async function measureDeepPages(address, { findTraces, findCalls }) {
  const figures = [];
  for (const sort of SORTS) {
    const path = `/api/traces?sort=${sort}`;
    const { pagination } = await call(address, `${path}&offset=${Math.floor(0.9 * findTraces)}`);
    const times = { first: [], deep: [] };
    for (let round = 0; round < findCalls + 3; round++) {
      times.first.push(await timed(address, path));
      times.deep.push(await timed(address, `${path}&cursor=${pagination.next_cursor}`));
    }
    const [first, deep] = [times.first.slice(3), times.deep.slice(3)].map(median);
    figures.push(ratioOf(`page at nine tenths, ${sort}, p50`, deep, first, 1.5));
  }
  return figures;
}

/** The times of a list for each of the filters. */
export async function measureAll(queries, times) {
  const measured = [];
  for (const query of queries) measured.push({ query, times: await times(`/api/traces?${query}`) });
  return measured;
}

async function measureDeletion(store, address, { findDeleted, findCalls }) {
  const lines = collectionLines(findDeleted, { seed: 23, source: "doomed" });
  await importLines(address, lines, findDeleted);
  await store.settle();
  let isOver = false;
  const start = performance.now();
  const deleted = fetch(`${address}/api/traces?source=doomed`, { method: "DELETE" }).then(async (answer) => {
    isOver = true;
    const seconds = (performance.now() - start) / 1000;
    return { seconds, ...(await answer.json()) };
  });
  const times = [];
  while (!isOver || times.length < findCalls) {
    times.push(await timed(address, "/api/traces"));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const result = await deleted;
  if (result.deleted !== findDeleted) throw new Error(`The deletion answered ${JSON.stringify(result)}`);
  const list = await call(address, "/api/traces?source=doomed");
  if (list.data.length > 0) throw new Error("Deleted traces are still listed");
  return [
    latency(`deletion of ${findDeleted} by filter`, [1_000 * result.seconds], 60_000),
    latency("first page meanwhile", times, 100),
  ];
}

export async function call(address, path) {
  const answer = await fetch(`${address}${path}`);
  const body = await answer.json();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${body.detail}`);
  return body;
}

async function timed(address, path) {
  const start = performance.now();
  await call(address, path);
  return performance.now() - start;
}

/** Times of one call after the other, some to warm up left out. */
export async function measure(address, path, calls, before = async () => {}) {
  for (let round = 0; round < 3; round++) await timed(address, path);
  const times = [];
  for (let round = 0; round < calls; round++) {
    await before();
    times.push(await timed(address, path));
  }
  return times;
}

const quantile = (times, share) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))];
const median = (times) => quantile(times, 0.5);

function ratioOf(name, ours, baseline, ceiling) {
  const ratio = ours / baseline;
  return { name, unit: "ms", ours, baseline, ratio, ceiling, isOk: ratio <= ceiling };
}

export function latency(name, times, most) {
  const p95 = quantile(times, 0.95);
  return { name, p50: median(times), p95, most, isOk: p95 <= most };
}

/** The slowest of several calls stands for all; results.json has each. */
export function worstOf(name, measured, most) {
  const each = measured
    .map(({ query, times }) => ({ query, p50: median(times), p95: quantile(times, 0.95) }))
    .sort((a, b) => b.p95 - a.p95);
  for (const { query, p50, p95 } of each)
    say(`  ${name}: ${query}: p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)} ms`);
  const [worst] = each;
  return {
    name: `${name}, slowest: ${worst.query}`,
    p50: worst.p50,
    p95: worst.p95,
    most,
    isOk: worst.p95 <= most,
    each,
  };
}

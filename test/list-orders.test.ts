// Every order, page by page, while rows come and go.
import { beforeAll, describe, expect, test } from "vitest";
import { type Problem, type TraceItem, type TracePage, traceSorts } from "../src/contract/pages.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";

const database = useDatabase();
const app = useApp(database);

const keys: Record<string, (item: TraceItem) => string | number | null> = {
  newest: ({ created_at }) => created_at,
  most_steps: ({ step_count }) => step_count,
  longest: ({ char_count }) => char_count,
  most_tokens: ({ completion_tokens }) => completion_tokens,
  reward_high: ({ reward }) => reward,
};
const opposites: Record<string, string> = {
  oldest: "newest",
  fewest_steps: "most_steps",
  shortest: "longest",
  fewest_tokens: "most_tokens",
  reward_low: "reward_high",
};

/** Few values, so that many traces share one; a third have none where there may be none. */
const insert = (count: number, mark: string) =>
  database.pool.query(
    `INSERT INTO traces (id, created_at, step_count, char_count, completion_tokens, reward, trace_version, prompt_key, source, tags, step_types, prompt_excerpt, content_hash)
     SELECT gen_random_uuid(), '2026-01-01T00:00:00Z'::timestamptz + n % 5 * interval '1 hour', n % 4, n % 6,
            CASE WHEN n % 3 > 0 THEN n % 7 END, CASE WHEN n % 3 > 0 THEN (n % 5) / 4.0 END,
            '1.0', 'key', $2, '{}', '{}', '', '\\x00'
     FROM generate_series(1, $1::int) AS n`,
    [count, mark],
  );

async function page(query: string): Promise<TracePage> {
  const answer = await request<TracePage>(app, "GET", `/api/traces?${query}`);
  expect([query, answer.status]).toEqual([query, 200]);
  return answer.body;
}

/** All pages; `between` runs after each. */
async function walk(query: string, between = async () => {}): Promise<TraceItem[]> {
  const items: TraceItem[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { data, pagination } = await page(`${query}${cursor === "" ? "" : `&cursor=${cursor}`}`);
    items.push(...data);
    cursor = pagination.next_cursor;
    await between();
  }
  return items;
}

function expectInOrder(sort: string, items: TraceItem[]): void {
  const key = keys[opposites[sort] ?? sort] as (item: TraceItem) => string | number | null;
  const isDescending = sort in keys;
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (before === undefined) continue;
    const [a, b] = [key(before), key(item)];
    const isRight =
      a === b ? isDescending === before.id > item.id : b === null || (a !== null && isDescending === a > b);
    expect([sort, index, a, b, isRight]).toEqual([sort, index, a, b, true]);
  }
}

beforeAll(() => insert(90, "kept"));

describe.each(traceSorts)("sorted by %s", (sort) => {
  test.each(["", "&source=kept", "&min_steps=1", "&not_source=gone"])(
    "%s every trace comes once, in order",
    async (filter) => {
      const query = `sort=${sort}&limit=7${filter}`;
      const items = await walk(query);
      expectInOrder(sort, items);
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      expect(items).toHaveLength(filter === "&min_steps=1" ? 68 : 90);
      const byOffset: TraceItem[] = [];
      for (let offset: number | null = 0; offset !== null; ) {
        const { data, pagination }: TracePage = await page(`${query}&offset=${offset}`);
        byOffset.push(...data);
        offset = pagination.next_offset;
      }
      expect(byOffset).toEqual(items);
    },
  );

  test("what stays is listed once, while others come and go", async () => {
    const before = await walk(`sort=${sort}&limit=100&source=kept`);
    let round = 0;
    const items = await walk(`sort=${sort}&limit=11`, async () => {
      if (round++ > 12) return;
      await insert(10, "passing");
      await database.pool.query(
        "DELETE FROM traces WHERE source = 'passing' AND id IN (SELECT id FROM traces WHERE source = 'passing' LIMIT 7)",
      );
    });
    expect(items.filter(({ source }) => source === "kept")).toEqual(before);
    expectInOrder(sort, items);
    await database.pool.query("DELETE FROM traces WHERE source = 'passing'");
  });

  test("a page goes on after its last trace was deleted", async () => {
    await insert(1, "last");
    const first = await page(`sort=${sort}&limit=40`);
    const last = first.data.at(-1) as TraceItem;
    const rest = (await walk(`sort=${sort}&limit=100`)).slice(40);
    await database.pool.query("CREATE TABLE aside AS SELECT * FROM traces WHERE id = $1", [last.id]);
    await database.pool.query("DELETE FROM traces WHERE id = $1", [last.id]);
    const after = await page(`sort=${sort}&limit=100&cursor=${first.pagination.next_cursor}`);
    expect(after.data).toEqual(rest);
    await database.pool.query("INSERT INTO traces SELECT * FROM aside");
    await database.pool.query("DROP TABLE aside");
    await database.pool.query("DELETE FROM traces WHERE source = 'last'");
  });
});

test("a cursor of one order is refused in another, by name", async () => {
  const cursor = (await page("sort=longest&limit=1")).pagination.next_cursor;
  for (const query of ["", "sort=shortest&", "sort=longest&source=kept&"]) {
    const answer = await request<Problem>(app, "GET", `/api/traces?${query}cursor=${cursor}`);
    expect([answer.status, answer.body.code]).toEqual([422, "invalid_cursor"]);
  }
});

/** With statistics PostgreSQL joins scores by hashing, in whose order they come. */
describe("filtered by scores that many have", () => {
  const count = 4_000;

  beforeAll(async () => {
    await database.pool.query(
      `INSERT INTO traces (id, created_at, step_count, char_count, reward, trace_version, prompt_key, tags, step_types, prompt_excerpt, content_hash)
       SELECT gen_random_uuid(), '2026-02-01T00:00:00Z'::timestamptz + n * interval '1 ms', 0, n,
              CASE WHEN n % 5 = 0 THEN n * 37 % 1000 / 1000.0 END, '1.0', 'key', '{}', '{}', '', '\\x00'
       FROM generate_series(1, $1::int) AS n`,
      [count],
    );
    await database.pool.query(
      `INSERT INTO scores (trace_id, name, scored_by, value, status)
       SELECT id, name, 'judge', 1, 'ok' FROM traces, (VALUES ('reward', 5), ('correct', 4)) AS given (name, each)
       WHERE created_at >= '2026-02-01' AND char_count % each = 0`,
    );
    await database.pool.query("ANALYZE traces, scores");
  });

  test.each(traceSorts)("sorted by %s every trace comes once, in order", async (sort) => {
    for (const limit of [20, 100]) {
      const items = await walk(`sort=${sort}&limit=${limit}&score.correct=1`);
      expectInOrder(sort, items);
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      expect(items).toHaveLength(count / 4);
    }
  });
});

describe("far behind many others", () => {
  beforeAll(() =>
    database.pool.query(
      `INSERT INTO traces (id, created_at, step_count, char_count, completion_tokens, reward, trace_version, prompt_key, source, tags, step_types, prompt_excerpt, content_hash)
       SELECT gen_random_uuid(), now(), 1, 1, value, value, '1.0', 'key', source, '{}', '{}', '', '\\x00'
       FROM (SELECT 'far', CASE WHEN n % 25 = 0 THEN 5 END FROM generate_series(1, 500) AS n
             UNION ALL SELECT 'others', n % 2 * 10 FROM generate_series(1, 9000) AS n) AS made (source, value)`,
    ),
  );

  test.each(["most_tokens", "fewest_tokens", "reward_high", "reward_low"])(
    "sorted by %s, what has a value comes before what has none",
    async (sort) => {
      const items = await walk(`sort=${sort}&source=far&limit=20`);
      expect(items).toHaveLength(500);
      expectInOrder(sort, items);
      const { data } = await page(`sort=${sort}&source=far&limit=100&offset=15`);
      expect(data.map(({ id }) => id)).toEqual(items.slice(15, 115).map(({ id }) => id));
    },
  );
});

import { describe, expect, test } from "vitest";
import { type Problem, type TraceCreated, TracePage } from "../src/contract/pages.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);
const list = (query = "") => request<TracePage>(app, "GET", `/api/traces${query}`);

async function create(trace: object, createdAt?: string): Promise<string> {
  const { id } = (await request<TraceCreated>(app, "POST", "/api/traces", trace)).body;
  if (createdAt)
    await database.pool.query("UPDATE traces SET created_at = $2 WHERE id = $1", [id, createdAt]);
  return id;
}

test("an empty store gives an empty page", async () => {
  expect((await list()).body).toEqual({
    data: [],
    pagination: { limit: 20, offset: 0, next_offset: null, next_cursor: null },
  });
});

describe("with traces", () => {
  test("the newest stand first, without their payloads", async () => {
    const old = await create(trace10(), "2024-01-01T00:00:00Z");
    const recent = await create(trace11(), "2024-01-02T00:00:00Z");
    const { body, text } = await list("?created_before=2024-02-01");
    expect(compileCheck(TracePage)(body)).toEqual([]);
    expect(body.data.map(({ id }) => id)).toEqual([recent, old]);
    expect(text).not.toContain("payload");
    expect(text).not.toContain("Parse the multiplication task");
  });

  test("excerpts hold the first 200 characters, whole ones", async () => {
    await create(
      trace10({ prompt: "🧮".repeat(300), final_answer: `${"a".repeat(199)}🧮b` }),
      "2023-01-01T00:00:00Z",
    );
    const [item] = (await list("?created_before=2023-02-01")).body.data;
    expect(item?.prompt_excerpt).toBe("🧮".repeat(200));
    expect(item?.answer_excerpt).toBe(`${"a".repeat(199)}🧮`);
  });

  test("filters select by version and by time, from inclusive to before exclusive", async () => {
    const a = await create(trace10(), "2022-05-01T10:00:00.000Z");
    const b = await create(trace11(), "2022-05-01T10:00:00.001Z");
    const c = await create(trace10(), "2022-05-01T10:00:00.002Z");
    const window = "?created_from=2022-05-01T10:00:00Z&created_before=2022-05-01T10:00:00.002Z";
    const ids = async (query: string) => (await list(query)).body.data.map(({ id }) => id);
    expect(await ids(window)).toEqual([b, a]);
    expect(await ids(`${window}&version=1.1`)).toEqual([b]);
    expect(await ids("?created_from=2022-05-01T12:00:00.002%2B02:00&created_before=2022-06-01")).toEqual([c]);
    expect(await ids("?created_from=2022-06-01&created_before=2022-05-01")).toEqual([]);
  });
});

describe("paging", () => {
  test.each(["cursor", "offset"])("by %s goes to the end without a gap or a repeat", async (way) => {
    const moments = Array.from(
      { length: 23 },
      (_, i) => `2021-01-01T00:00:${String(i >> 2).padStart(2, "0")}Z`,
    );
    const ids = await Promise.all(moments.map((moment) => create(trace10(), moment)));
    const filter = "created_from=2021-01-01&created_before=2021-02-01&limit=5";
    const seen: string[] = [];
    let next: string | number | null = way === "offset" ? 0 : "";
    while (next !== null) {
      const { body }: { body: TracePage } = await list(`?${filter}${next === "" ? "" : `&${way}=${next}`}`);
      seen.push(...body.data.map(({ id }) => id));
      if (way === "cursor" && next !== "")
        expect(body.pagination).toMatchObject({ offset: null, next_offset: null });
      // Traces that arrive meanwhile are newer than any page to come.
      if (way === "cursor") await create(trace10(), "2021-01-31T00:00:00Z");
      next = way === "cursor" ? body.pagination.next_cursor : body.pagination.next_offset;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    await database.pool.query("DELETE FROM traces WHERE created_at BETWEEN '2021-01-01' AND '2021-02-01'");
  });

  test("a cursor is refused with other filters, with an offset, and when it was made up", async () => {
    await create(trace10());
    await create(trace10());
    const cursor = (await list("?limit=1")).body.pagination.next_cursor;
    for (const query of [
      `?limit=1&version=1.0&cursor=${cursor}`,
      `?offset=1&cursor=${cursor}`,
      "?cursor=abc",
      "?cursor=W10",
    ]) {
      const answer = await request<Problem>(app, "GET", `/api/traces${query}`);
      expect([query, answer.status]).toEqual([query, 422]);
    }
    expect((await list(`?limit=2&cursor=${cursor}`)).status).toBe(200);
  });
});

test.each([
  ["limit=0", "/limit"],
  ["limit=101", "/limit"],
  ["limit=ten", "/limit"],
  ["limit=", "/limit"],
  ["limit=1.5", "/limit"],
  ["limit=1&limit=2", "/limit"],
  ["offset=-1", "/offset"],
  ["offset=1000001", "/offset"],
  ["version=3", "/version"],
  ["created_from=yesterday", "/created_from"],
  ["created_from=2026-02-30", "/created_from"],
  ["created_before=0000-01-01", "/created_before"],
  ["sauce=x", "/sauce"],
])("?%s is refused by name", async (query, pointer) => {
  const answer = await request<Problem>(app, "GET", `/api/traces?${query}`);
  expect(answer.status).toBe(422);
  expect(answer.body.errors?.map((error) => error.pointer)).toEqual([pointer]);
});

import { describe, expect, test, vi } from "vitest";
import type { Problem, TraceCreated } from "../src/contract/pages.ts";
import { TraceReader } from "../src/store/trace-reader.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);
const unknownId = "00000000-0000-4000-8000-000000000000";

async function create(trace: object): Promise<string> {
  return (await request<TraceCreated>(app, "POST", "/api/traces", trace)).body.id;
}

describe("reading a trace", () => {
  test("works with the id in capitals", async () => {
    const id = await create(trace10());
    const answer = await request(app, "GET", `/api/traces/${id.toUpperCase()}`);
    expect(answer.body).toMatchObject({ id, trace_version: "1.0", payload: trace10() });
  });

  test("is 404 for an unknown id", async () => {
    const answer = await request<Problem>(app, "GET", `/api/traces/${unknownId}`);
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe("trace_not_found");
  });

  test.each(["xyz", `${unknownId}0`, "%00", "1' OR '1'='1"])("is 422 for %s", async (id) => {
    const answer = await request<Problem>(app, "GET", `/api/traces/${encodeURI(id)}`);
    expect(answer.status).toBe(422);
    expect(answer.body.errors?.[0]?.pointer).toBe("/id");
  });

  test("is 422 for an unknown query parameter", async () => {
    const answer = await request<Problem>(app, "GET", `/api/traces/${unknownId}?inclde=tokens`);
    expect(answer.body.errors?.[0]?.pointer).toBe("/inclde");
  });

  test("is 304 when the client has it already, unless it asks for something else", async () => {
    const id = await create(trace11());
    const { headers } = await request(app, "GET", `/api/traces/${id}`);
    const ifNoneMatch = { "if-none-match": `"other", ${headers.etag}` };
    const unchanged = await request(app, "GET", `/api/traces/${id}`, undefined, ifNoneMatch);
    expect([unchanged.status, unchanged.text]).toEqual([304, ""]);
    expect(unchanged.headers["content-length"]).toBeUndefined();
    for (const tag of [`W/${headers.etag}`, "*"]) {
      const weak = await request(app, "GET", `/api/traces/${id}`, undefined, { "if-none-match": tag });
      expect(weak.status).toBe(304);
    }
    expect(
      (await request(app, "GET", `/api/traces/${id}?include=tokens`, undefined, ifNoneMatch)).status,
    ).toBe(200);
  });
});

describe("traces read at once", () => {
  test("are each what was asked for, also twice, in capitals, or not there", async () => {
    const made = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => ({
        prompt: `r${i}`,
        id: await create(trace10({ prompt: `r${i}` })),
      })),
    );
    const known = made.flatMap(({ id, prompt }) => [
      { id, prompt },
      { id: id.toUpperCase(), prompt },
    ]);
    const answers = await Promise.all([
      ...known.map(({ id }) => request<{ payload: object }>(app, "GET", `/api/traces/${id}`)),
      ...known.map(() => request<{ payload: object }>(app, "GET", `/api/traces/${unknownId}`)),
    ]);
    for (const [i, { prompt }] of known.entries()) expect(answers[i]?.body.payload).toMatchObject({ prompt });
    expect(answers.slice(known.length).every(({ status }) => status === 404)).toBe(true);
  });

  test("share statements, up to sixteen each; one alone is read at once", async () => {
    const reader = new TraceReader(database.pool);
    const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => create(trace10({ prompt: `s${i}` }))));
    const statements = vi.spyOn(database.pool, "query");
    const found = await Promise.all(ids.map((id) => reader.read(id)));
    expect(
      statements.mock.calls.map(([query]) => (query as unknown as { values: string[][] }).values[0]?.length),
    ).toEqual([1, 16, 16, 7]);
    statements.mockRestore();
    expect(found.map((trace) => JSON.parse(String(trace?.payload)).prompt)).toEqual(
      ids.map((_, i) => `s${i}`),
    );
  });

  test("fail together where their statement does, and the next ones are read again", async () => {
    const reader = new TraceReader(database.pool);
    const id = await create(trace10());
    const reads = ["first", id, "no id", id].map((asked) => reader.read(asked));
    expect((await Promise.allSettled(reads)).map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
    expect(await reader.read(id)).toBeDefined();
  });
});

describe("deleting a trace", () => {
  test("removes it and all that hangs on it, at once", async () => {
    const id = await create(trace11());
    const answer = await request(app, "DELETE", `/api/traces/${id}`);
    expect(answer.status).toBe(204);
    expect(answer.text).toBe("");
    for (const path of ["", "/scores"]) {
      expect((await request(app, "GET", `/api/traces/${id}${path}`)).status).toBe(404);
    }
    const { rows } = await database.pool.query(
      `SELECT (SELECT count(*) FROM trace_payloads WHERE trace_id = $1) + (SELECT count(*) FROM trace_tokens WHERE trace_id = $1)
            + (SELECT count(*) FROM scores WHERE trace_id = $1) AS left_over`,
      [id],
    );
    expect(Number(rows[0].left_over)).toBe(0);
    expect(app.logs.some((line) => line.includes('"trace_deleted"') && line.includes(id))).toBe(true);
  });

  test("is 404 the second time and 422 for what is no id", async () => {
    const id = await create(trace10());
    await request(app, "DELETE", `/api/traces/${id}`);
    expect((await request(app, "DELETE", `/api/traces/${id}`)).status).toBe(404);
    expect((await request(app, "DELETE", "/api/traces/xyz")).status).toBe(422);
  });

  test("frees the id for another trace", async () => {
    const id = await create(trace10({ id: "0a1b2c3d-0000-4000-8000-0000000000dd" }));
    await request(app, "DELETE", `/api/traces/${id}`);
    expect((await request(app, "POST", "/api/traces", trace10({ id, prompt: "New" }))).status).toBe(201);
  });
});

describe("the scores of a trace", () => {
  test("are an empty list where it has none, and 404 or 422 where there is no trace", async () => {
    const id = await create(trace10());
    expect((await request(app, "GET", `/api/traces/${id}/scores`)).body).toEqual({ data: [] });
    expect((await request(app, "GET", `/api/traces/${unknownId}/scores`)).status).toBe(404);
    expect((await request(app, "GET", "/api/traces/xyz/scores")).status).toBe(422);
  });
});

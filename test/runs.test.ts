import { expect, test } from "vitest";
import type { Problem } from "../src/contract/pages.ts";
import { Run, RunDeleted, RunPage } from "../src/contract/runs.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { changeRun } from "../src/store/runs/change-run.ts";
import { deleteRun, reapRuns } from "../src/store/runs/delete-run.ts";
import { settleRuns } from "../src/store/runs/read-settled.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { importRollouts, rollout, toTrace } from "./support/rollouts.ts";
import { waitFor } from "./support/running-server.ts";

const database = useDatabase();
const app = useApp(database);
const at = (name: string) => `/api/runs/${encodeURIComponent(name)}`;
const list = (query = "") => request<RunPage>(app, "GET", `/api/runs${query}`);
const read = (name: string) => request<Run>(app, "GET", at(name));
const patch = (name: string, body: unknown) => request<Run>(app, "PATCH", at(name), body);
const remove = (name: string) => request<RunDeleted>(app, "DELETE", at(name));
const NDJSON = { "content-type": "application/x-ndjson" };
const count = async (table: string) =>
  (await database.pool.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n as number;

test("an empty store has no runs", async () => {
  expect((await list()).body).toEqual({ data: [], pagination: { limit: 20, next_cursor: null } });
});

test("a run says what it holds, exactly, from the first trace on", async () => {
  const rollouts = [
    rollout({ run: "counted", step: 3 }),
    rollout({ run: "counted", step: 10 }),
    rollout({ run: "counted", step: 10, split: "validation" }),
    rollout({ run: "counted", step: null, split: null }),
  ];
  await request(app, "POST", "/api/traces", toTrace(rollouts[0] as (typeof rollouts)[0]));
  await importRollouts(app, rollouts);
  const { body } = await read("counted");
  expect(compileCheck(Run)(body)).toEqual([]);
  expect(body).toMatchObject({
    name: "counted",
    hidden: false,
    config: {},
    traces: 4,
    splits: ["train", "validation", null],
    train_steps: { count: 2, min: 3, max: 10 },
  });
  expect(Date.parse(body.last_activity ?? "")).toBeGreaterThan(Date.now() - 60_000);
  // Figures read in between settle the counts; both before and after they are the same.
  await request(app, "GET", `${at("counted")}/curve`);
  expect((await read("counted")).body).toEqual(body);
  await request(app, "DELETE", `/api/traces/${rollouts[1]?.id}`);
  await request(app, "DELETE", `/api/traces/${rollouts[2]?.id}`);
  expect((await read("counted")).body).toMatchObject({
    traces: 2,
    splits: ["train", null],
    train_steps: { count: 1, min: 3, max: 3 },
  });
});

test("lists runs newest first, page by page", async () => {
  const names = Array.from({ length: 5 }, (_, index) => `paged-${index}`);
  for (const run of names) await importRollouts(app, [rollout({ run })]);
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const { body }: { body: RunPage } = await list(`?limit=2${next && `&cursor=${next}`}`);
    expect(compileCheck(RunPage)(body)).toEqual([]);
    seen.push(...body.data.map(({ name }) => name));
    next = body.pagination.next_cursor;
  }
  expect(seen.filter((name) => name.startsWith("paged"))).toEqual(names.toReversed());
  expect((await list("?name=paged-3")).body.data.map(({ name }) => name)).toEqual(["paged-3"]);
});

test.each([1.5, 2 ** 31, null])("a cursor that was made up of %s is refused", async (number) => {
  const { next_cursor } = (await list("?limit=1")).body.pagination as { next_cursor: string };
  const [, hash] = JSON.parse(Buffer.from(next_cursor, "base64url").toString());
  const cursor = Buffer.from(JSON.stringify([number, hash])).toString("base64url");
  const answer = await request<Problem>(app, "GET", `/api/runs?limit=1&cursor=${cursor}`);
  expect([answer.status, answer.body.code]).toEqual([422, "invalid_cursor"]);
});

test.each([
  ["limit=0", "/limit"],
  ["hidden=maybe", "/hidden"],
  ["cursor=abc", "/cursor"],
  ["sauce=x", "/sauce"],
])("?%s is refused by name", async (query, pointer) => {
  const answer = await request<Problem>(app, "GET", `/api/runs?${query}`);
  expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
});

test.each(["a/b c", "../etc", "100%", "é🧮", "?x=1#y", 'say "hi"', "compare"])(
  "a run may be called %s",
  async (run) => {
    await importRollouts(app, [rollout({ run })]);
    expect((await list(`?name=${encodeURIComponent(run)}`)).body.data[0]?.name).toBe(run);
    if (run !== "compare") expect((await read(run)).body.name).toBe(run);
    expect((await patch(run, { config: { seen: true } })).body.config).toEqual({ seen: true });
    expect((await remove(run)).status).toBe(202);
  },
);

test.each([".", ".."])("no run may be called %s: clients take it for another path", async (run) => {
  const message = expect.stringContaining('Must not be "." or ".."');
  const refusal = { status: 422, body: { detail: message } };
  expect(await request(app, "POST", "/api/traces", toTrace(rollout({ run })))).toMatchObject(refusal);
  expect(await request(app, "POST", `/api/imports?run=${run}`, "", NDJSON)).toMatchObject(refusal);
  const { id, ...line } = toTrace(rollout({ run: "undotted" }));
  const enveloped = [toTrace(rollout({ run })), { run, created_at: "2026-01-01T00:00:00Z", ...line }].map(
    (record) => JSON.stringify(record),
  );
  const imported = await request(app, "POST", "/api/imports", enveloped.join("\n"), NDJSON);
  expect(imported.body).toMatchObject({ rejected: 2, errors: [{ message }, { message }] });
  await importRollouts(app, [rollout({ run: "dotted" })]);
  expect(await patch("dotted", { name: run })).toMatchObject(refusal);
  // One that was stored before they were refused can be found, and renamed by the command line.
  await database.pool.query("UPDATE runs SET name = $1 WHERE name = 'dotted'", [run]);
  expect((await list(`?name=${run}`)).body.data).toHaveLength(1);
  expect(await changeRun(database.pool, run, { name: "undotted" })).toMatchObject({ traces: 1 });
  await remove("undotted");
});

test("config is merged, member by member; null removes", async () => {
  await importRollouts(app, [rollout({ run: "described" })]);
  await patch("described", { config: { lr: 1e-6, model: { name: "m", size: 8 } } });
  const answer = await patch("described", { config: { model: { size: null, dtype: "bf16" }, seed: 1.0 } });
  expect(answer.body.config).toEqual({ lr: 1e-6, model: { name: "m", dtype: "bf16" }, seed: 1 });
  expect((await patch("described", {})).body).toEqual(answer.body);
  expect((await patch("described", { config: null })).body.config).toEqual({});
  const proto = await patch("described", '{"config":{"__proto__":{"a":1}}}');
  expect(proto.text).toContain('"__proto__":{"a":1}');
});

test("a run is renamed with all its traces, not onto another's name", async () => {
  const one = rollout({ run: "old name" });
  await importRollouts(app, [one, rollout({ run: "taken" })]);
  const taken = await patch("old name", { name: "taken" });
  expect([taken.status, (taken.body as unknown as Problem).code]).toEqual([409, "run_name_taken"]);
  expect((await patch("old name", { name: "old name" })).status).toBe(200);
  expect((await patch("old name", { name: "new/name" })).body).toMatchObject({ name: "new/name", traces: 1 });
  expect((await read("old name")).status).toBe(404);
  // Whoever goes on naming the old one makes a new run.
  await importRollouts(app, [rollout({ run: "old name" })]);
  expect((await read("old name")).body.traces).toBe(1);
  expect((await read("new/name")).body.traces).toBe(1);
});

test("a hidden run is left out until it is shown again; what names it meanwhile is stored", async () => {
  await importRollouts(app, [rollout({ run: "secret" })]);
  expect((await patch("secret", { hidden: true })).body.hidden).toBe(true);
  const names = async (query: string) => (await list(query)).body.data.map(({ name }) => name);
  expect(await names("?limit=100")).not.toContain("secret");
  expect(await names("?hidden=true")).toEqual(["secret"]);
  expect(await names("?hidden=any&limit=100")).toContain("secret");
  for (const path of ["curve", "groups"])
    expect((await request<Problem>(app, "GET", `${at("secret")}/${path}`)).body.code).toBe("run_not_found");
  await importRollouts(app, [rollout({ run: "secret" })]);
  expect((await read("secret")).body).toMatchObject({ hidden: true, traces: 2 });
  expect((await patch("secret", { hidden: false })).body.hidden).toBe(false);
  expect(await names("?limit=100")).toContain("secret");
  expect((await request(app, "GET", `${at("secret")}/curve`)).status).toBe(200);
});

test.each([
  [{ hidden: "yes" }, "/hidden"],
  [{ name: "" }, "/name"],
  [{ name: null }, "/name"],
  [{ config: [] }, "/config"],
  [{ colour: "red" }, "/colour"],
  ['{"config":{"n":12345678901234567890}}', ""],
  ['{"config":{"a":"\\u0000"}}', "/config/a"],
  ['{"config":', ""],
  ["[]", ""],
])("the patch %j is refused", async (body, pointer) => {
  await importRollouts(app, [rollout({ run: "unchanged" })]);
  const answer = await request<Problem>(app, "PATCH", at("unchanged"), body);
  expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, pointer]);
  expect((await read("unchanged")).body).toMatchObject({ config: {}, hidden: false });
});

test("calls on a run that is not there say so", async () => {
  const answers = [
    await read("nobody"),
    await patch("nobody", { hidden: true }),
    await remove("nobody"),
    await request(app, "GET", `${at("nobody")}/curve`),
    await request(app, "GET", `${at("nobody")}/groups`),
    await request(app, "GET", "/api/runs/compare?base=nobody&other=nobody"),
  ];
  for (const { status, body } of answers)
    expect([status, (body as unknown as Problem).code]).toEqual([404, "run_not_found"]);
});

test("a page of another site may not change a run, and a body must be JSON", async () => {
  await importRollouts(app, [rollout({ run: "guarded" })]);
  const foreign = { "sec-fetch-site": "cross-site" };
  expect((await request(app, "PATCH", at("guarded"), { hidden: true }, foreign)).status).toBe(403);
  expect((await request(app, "DELETE", at("guarded"), undefined, foreign)).status).toBe(403);
  const text = { "content-type": "text/plain" };
  expect((await request(app, "PATCH", at("guarded"), '{"hidden":true}', text)).status).toBe(415);
  expect((await read("guarded")).body.hidden).toBe(false);
  const injection = "x'; DROP TABLE runs; --";
  expect((await read(injection)).status).toBe(404);
  expect((await list(`?name=${encodeURIComponent(injection)}`)).body.data).toEqual([]);
});

test("a deleted run is gone at once, its name is free, and its traces go with all that hangs on them", async () => {
  const rollouts = Array.from({ length: 5 }, (_, step) => rollout({ run: "gone", step }));
  await importRollouts(app, rollouts);
  await request(app, "GET", `${at("gone")}/curve`);
  const before = await count("traces");
  const answer = await remove("gone");
  expect(compileCheck(RunDeleted)(answer.body)).toEqual([]);
  expect([answer.status, answer.body]).toEqual([202, { name: "gone", traces: 5 }]);
  expect((await read("gone")).status).toBe(404);
  expect((await remove("gone")).status).toBe(404);
  await waitFor(async () => (await count("traces")) === before - 5);
  expect(await count("trace_payloads")).toBe(before - 5);
  await importRollouts(app, [rollout({ run: "gone" })]);
  expect((await read("gone")).body.traces).toBe(1);
});

test("the same traces can be sent again while their deleted run is still being taken away", async () => {
  const rollouts = Array.from({ length: 3 }, () => rollout({ run: "again" }));
  await importRollouts(app, rollouts);
  // As the call leaves it, with nobody there to take the traces away.
  await database.pool.query(
    "UPDATE runs SET name = NULL, deleted_at = now(), hidden_at = now() WHERE name = 'again'",
  );
  const [first] = rollouts;
  const posted = await request(app, "POST", "/api/traces", toTrace(first as (typeof rollouts)[0]));
  expect(posted.status).toBe(201);
  const { body } = await importRollouts(app, rollouts);
  expect(body).toMatchObject({ inserted: 2, duplicates: 1, rejected: 0 });
  expect((await read("again")).body.traces).toBe(3);
});

test("what a deleted run has left is taken away by whoever starts next, some thousands at a time", async () => {
  await importRollouts(
    app,
    Array.from({ length: 2_300 }, (_, index) => rollout({ run: "huge", step: index % 3 })),
  );
  const before = await count("traces");
  await deleteRun(database.pool, "huge");
  const stopped = new AbortController();
  const batches: number[] = [];
  // Stopped after the first batch, as a server may be.
  const onReaped = (traces: number) => {
    batches.push(traces);
    stopped.abort();
  };
  await reapRuns(database.pool, { signal: stopped.signal, onReaped });
  expect(batches.length).toBeLessThan(3);
  expect(await count("traces")).toBeGreaterThan(before - 2_300);
  await reapRuns(database.pool, { signal: new AbortController().signal });
  expect(await count("traces")).toBe(before - 2_300);
  const { rows } = await database.pool.query(
    "SELECT id FROM runs WHERE deleted_at IS NOT NULL ORDER BY id DESC",
  );
  for (const table of ["run_steps", "run_changes", "step_rollouts"]) {
    const left = await database.pool.query(`SELECT FROM ${table} WHERE run_id = $1`, [rows[0].id]);
    expect([table, left.rowCount]).toEqual([table, 0]);
  }
});

test("a trace stored by who had looked its run up before the run was deleted goes with it", async () => {
  await importRollouts(app, [rollout({ run: "raced" })]);
  const { rows } = await database.pool.query("SELECT id FROM runs WHERE name = 'raced'");
  await remove("raced");
  await waitFor(
    async () =>
      (await database.pool.query("SELECT FROM traces WHERE run_id = $1", [rows[0].id])).rowCount === 0,
  );
  const late = rollout({ run: "other" });
  await importRollouts(app, [late]);
  await database.pool.query("UPDATE traces SET run_id = $1 WHERE id = $2", [rows[0].id, late.id]);
  expect((await request(app, "GET", `/api/traces/${late.id}`)).status).toBe(404);
  await reapRuns(database.pool, { signal: new AbortController().signal });
  expect((await database.pool.query("SELECT FROM traces WHERE id = $1", [late.id])).rowCount).toBe(0);
  await database.pool.query("UPDATE runs SET deleted_at = now() - interval '2 days' WHERE id = $1", [
    rows[0].id,
  ]);
  await reapRuns(database.pool, { signal: new AbortController().signal });
  expect((await database.pool.query("SELECT FROM runs WHERE id = $1", [rows[0].id])).rowCount).toBe(0);
});

test("a server makes runs that have changed ready to be read, and counts stay", async () => {
  for (const step of [0, 1, 2]) await importRollouts(app, [rollout({ run: "noted", step })]);
  const { rows } = await database.pool.query("SELECT id FROM runs WHERE name = 'noted'");
  const id = rows[0].id;
  const rowsOf = async (table: string) =>
    (await database.pool.query(`SELECT FROM ${table} WHERE run_id = $1`, [id])).rowCount;
  const settle = () => settleRuns(database.pool, new AbortController().signal);
  // Few changes, and more may be coming: left alone.
  await database.pool.query("UPDATE run_changes SET changed_at = now() + interval '1 minute'");
  await settle();
  expect(await rowsOf("run_changes")).toBe(3);
  // Many: added up, since they would only become more.
  await database.pool.query(
    "INSERT INTO run_changes (run_id, split, train_step, traces) SELECT $1, 'train', 0, 0 FROM generate_series(1, 1100)",
    [id],
  );
  await settle();
  expect([await rowsOf("run_changes"), await rowsOf("run_steps"), await rowsOf("step_rollouts")]).toEqual([
    0, 3, 0,
  ]);
  // None for a while: the columns that its curve is made of are there before anybody asks.
  await importRollouts(app, [rollout({ run: "noted", step: 0 })]);
  await database.pool.query(
    "UPDATE run_changes SET changed_at = now() - interval '6 seconds' WHERE run_id = $1",
    [id],
  );
  await settle();
  expect([await rowsOf("run_changes"), await rowsOf("step_rollouts")]).toEqual([0, 3]);
  expect((await read("noted")).body).toMatchObject({ traces: 4, train_steps: { count: 3 } });
});

import { expect, test } from "vitest";
import type { TraceCreated, TracePage } from "../src/contract/pages.ts";
import type { ScoreReport } from "../src/contract/scores.ts";
import { request, useApp } from "./support/app.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
const app = useApp(database);

async function create(trace: object): Promise<string> {
  return (await request<TraceCreated>(app, "POST", "/api/traces", trace)).body.id;
}

const listIds = async (query = "") =>
  (await request<TracePage>(app, "GET", `/api/traces${query}`)).body.data.map(({ id }) => id);

test("a hidden run's traces are gone for every reader, and back when it is shown again", async () => {
  const visible = [await create(trace10()), await create(trace11({ rollout: { run: "shown" } }))];
  const hidden = await create(trace11({ rollout: { run: "hidden" } }));
  const hide = (time: Date | null) =>
    database.pool.query("UPDATE runs SET hidden_at = $1 WHERE name = 'hidden'", [time]);
  const byId = ["", "?include=tokens", "/scores"].map((rest) => `/api/traces/${hidden}${rest}`);

  await hide(new Date());
  for (const query of ["", "?sort=reward_high", "?version=1.1&sort=longest"])
    expect(await listIds(query)).not.toContain(hidden);
  expect(await listIds("?run=hidden")).toEqual([]);
  expect(await listIds(`?id=${hidden}`)).toEqual([]);
  expect((await listIds()).toSorted()).toEqual(visible.toSorted());
  const lines = (await request(app, "GET", "/api/exports")).text;
  expect(lines).toContain(visible[0]);
  expect(lines).not.toContain(hidden);
  for (const path of byId) expect([path, (await request(app, "GET", path)).status]).toEqual([path, 404]);
  expect((await request(app, "DELETE", `/api/traces/${hidden}`)).status).toBe(404);
  const score = [{ trace_id: hidden, name: "late", value: 1 }];
  const scored = () => request<ScoreReport>(app, "POST", "/api/scores", score);
  expect((await scored()).body).toMatchObject({ stored: 0, not_found: 1 });
  const deletions = [`trace_id=${hidden}`, "run=hidden", "name=late"].map((query) => `/api/scores?${query}`);
  for (const path of deletions) expect((await request(app, "DELETE", path)).body).toEqual({ deleted: 0 });

  await hide(null);
  expect((await scored()).body).toMatchObject({ stored: 1, not_found: 0 });
  expect(await listIds("?run=hidden")).toEqual([hidden]);
  for (const path of byId) expect([path, (await request(app, "GET", path)).status]).toEqual([path, 200]);
});

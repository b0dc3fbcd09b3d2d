import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDown, migrateUp, readMigrationState } from "../src/store/migrations.ts";
import { insertTraces } from "../src/store/writing/insert-traces.ts";
import { toStoredRow } from "../src/store/writing/stored-row.ts";
import { checkTrace } from "../src/trace/check-trace.ts";
import { parseJson } from "../src/trace/json-document.ts";
import { toTraceRow } from "../src/trace/trace-row.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();
let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client(database.connection);
  await client.connect();
});
afterAll(() => client.end());

async function store(trace: object): Promise<void> {
  const document = parseJson(JSON.stringify(trace));
  const [result] = await insertTraces(database.pool, [
    await toStoredRow(toTraceRow(document, checkTrace(document.value))),
  ]);
  expect(result?.outcome).toBe("created");
}

async function tables(): Promise<string[]> {
  const { rows } = await client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  return rows.map((row) => row.tablename).filter((name) => name !== "schema_migrations");
}

test("go down one by one and up again, with data in the tables", async () => {
  const before = await tables();
  const { applied } = await readMigrationState(client);
  await store(trace10());
  await store(trace11());
  for (const name of applied.toReversed()) expect(await migrateDown(client, 1)).toEqual([name]);
  expect(await tables()).toEqual([]);
  expect(await migrateUp(client)).toEqual(applied);
  expect(await tables()).toEqual(before);
  expect(await migrateUp(client)).toEqual([]);
  await store(trace11());
});

test("drop the columns of runs that hold scores of which figures overflow", async () => {
  await migrateDown(client, 1);
  await client.query(`
    INSERT INTO runs (name) VALUES ('huge');
    INSERT INTO step_rollouts
      (run_id, score_name, train_step, prompt_keys, group_sizes, score_values, completion_tokens, is_truncated)
    SELECT id, 'reward', step, '{p}', '{2}', ARRAY[NULL, value], '{1,1}', '{f,f}'
    FROM runs, (VALUES (1, 1e100), (2, -1e160)) AS steps (step, value) WHERE name = 'huge'`);
  await migrateUp(client);
  const { rows } = await client.query("SELECT train_step FROM step_rollouts");
  expect(rows).toEqual([{ train_step: 1 }]);
});

test("started twice at once run once", async () => {
  await migrateDown(client, 1_000);
  const others = [new pg.Client(database.connection), new pg.Client(database.connection)];
  await Promise.all(others.map((other) => other.connect()));
  const results = await Promise.all(others.map((other) => migrateUp(other)));
  await Promise.all(others.map((other) => other.end()));
  const state = await readMigrationState(client);
  expect(results.flat().toSorted()).toEqual(state.applied);
  expect(state.pending).toEqual([]);
});

test("of a newer program make this one refuse, in words", async () => {
  await client.query("INSERT INTO schema_migrations (name, run_on) VALUES ('29990101000000_future', now())");
  await expect(migrateUp(client)).rejects.toMatchObject({
    code: "schema_newer",
    message: expect.stringContaining("29990101000000_future"),
  });
  await client.query("DELETE FROM schema_migrations WHERE name LIKE '2999%'");
});

test("keep the trace's id in every unique constraint and foreign key of what hangs on a trace", async () => {
  const { rows } = await client.query(`
    SELECT conrelid::regclass::text AS table, conname AS name,
           array_agg(attname::text) AS columns
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
    WHERE contype IN ('p', 'u', 'f') AND connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT IN ('runs', 'run_steps', 'step_rollouts', 'search_segments', 'search_postings', 'schema_migrations')
    GROUP BY 1, 2`);
  expect(rows.length).toBeGreaterThan(4);
  for (const { table, name, columns } of rows) {
    expect([name, columns]).toEqual([name, expect.arrayContaining([table === "traces" ? "id" : "trace_id"])]);
  }
});

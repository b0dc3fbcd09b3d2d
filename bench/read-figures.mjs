import { startChild } from "./child.mjs";
import { sendLoad } from "./load.mjs";
import { takeTurns, toFigure } from "./rounds.mjs";

const CONNECTIONS = 16;
const READ_IDS = 20_000;
const PAGE = 20;

/** What src/store/find-trace.ts selects. */
const SELECT_TRACE =
  "SELECT created_at, trace_version, content_hash, payload FROM traces JOIN trace_payloads ON trace_id = id WHERE id = $1";

/** What src/store/list-traces.ts selects for a first page. */
const SELECT_PAGE = `
  SELECT id, created_at, trace_version, prompt_excerpt, answer_excerpt, step_count, char_count, completion_tokens,
         (SELECT name FROM runs WHERE runs.id = run_id) AS run, split, train_step, prompt_key AS "group", sample_index,
         source, model, finish_reason, reward, tags, step_types[1:15] AS step_types,
         encode(step_outline, 'hex') AS step_outline
  FROM traces ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET 0`;

/** Reads single traces at random. */
export async function measureGet(context) {
  await context.loadSmall();
  const rows = await context.store.query("SELECT id FROM traces ORDER BY md5(id::text) LIMIT $1", [READ_IDS]);
  const ids = rows.map(({ id }) => id);
  return measureReads(context, {
    name: `GET a trace, ${CONNECTIONS} connections`,
    floor: 0.35,
    paths: ids.map((id) => `/api/traces/${id}`),
    statement: { text: SELECT_TRACE, values: ids.map((id) => [id]) },
    rowsEach: 1,
    check: (body) => body.id === ids[0] && body.payload.steps.length > 0,
  });
}

/** Reads the first page of the list. */
export async function measureList(context) {
  const { count } = await context.loadSmall();
  return measureReads(context, {
    name: `first page of ${count.toLocaleString("en-GB")}, ${CONNECTIONS} connections`,
    floor: 0.4,
    paths: ["/api/traces"],
    // One row more than a page has, as the program does to tell whether there is another.
    statement: { text: SELECT_PAGE, values: [[PAGE + 1]] },
    rowsEach: PAGE + 1,
    check: (body) => body.data.length === PAGE && body.pagination.next_cursor !== null,
  });
}

async function measureReads(context, { name, floor, paths, statement, rowsEach, check }) {
  const { store, amounts, generator } = context;
  const file = await context.writeLines("paths.txt", paths);
  const baseline = startChild("./baseline-statement.mjs");
  try {
    return await store.servingAlone(async ({ address }) => {
      const answer = await fetch(`${address}${paths[0]}`);
      if (answer.status !== 200 || !check(await answer.json()))
        throw new Error(`${paths[0]} is not read right`);
      const get = async (seconds) => {
        await store.query("CHECKPOINT");
        const load = { generator, url: address, method: "GET", file, connections: CONNECTIONS, seconds };
        return (await sendLoad(load)).perSecond;
      };
      const select = async (seconds) => {
        await store.query("CHECKPOINT");
        return (await baseline.ask({ do: "run", seconds, rowsEach })).perSecond;
      };

      await baseline.ask({ do: "connect", connection: store.connection, connections: CONNECTIONS });
      await baseline.ask({ do: "takeSelect", ...statement });
      await get(amounts.warmUpSeconds);
      await select(amounts.warmUpSeconds);
      const rates = await takeTurns(amounts.loadRounds, "requests/s", {
        get: () => get(amounts.loadSeconds),
        select: () => select(amounts.loadSeconds),
      });
      return [toFigure(name, "requests/s", floor, rates.get, rates.select)];
    });
  } finally {
    await baseline.stop();
  }
}

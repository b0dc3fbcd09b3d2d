import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { startChild } from "./child.mjs";
import { postRecords } from "./http-client.mjs";
import { takeTurns, toFigure } from "./rounds.mjs";

/** One run as training makes it: 16 samples of each of 312 prompts a step. Payloads play no part. */
const INSERT_ROLLOUTS = `
  WITH run AS (INSERT INTO runs (name) VALUES ('scored') RETURNING id)
  INSERT INTO traces (id, created_at, run_id, train_step, sample_index, step_count, char_count, trace_version,
                      split, prompt_key, tags, step_types, prompt_excerpt, answer_excerpt, content_hash)
  SELECT gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 ms', run.id, n / 4992, n % 16, 4, 3500,
         '1.1', 'train', 'prompt ' || n / 16, '{}', '{thinking}', repeat('x', 200), repeat('y', 60),
         decode(md5(n::text), 'hex')
  FROM run, generate_series(1, $1::int) AS n`;

/** Posts a score for every trace, against COPY into a temporary table and one upsert from there. */
export async function measureScores(context) {
  const { store, amounts } = context;
  const count = amounts.scores;
  await context.empty();
  await store.query(INSERT_ROLLOUTS, [count]);
  await store.settle();
  const path = join(store.dir, "scores.jsonl");
  const ids = await store.query("SELECT id FROM traces ORDER BY created_at");
  await pipeline(Readable.from(linesOf(ids)), createWriteStream(path));
  const baseline = startChild("./baseline-scores.mjs");
  const timed = (work) => async () => {
    await store.query("TRUNCATE scores, run_changes");
    await store.query("CHECKPOINT");
    const seconds = await work();
    const [{ scores }] = await store.query("SELECT count(*)::int AS scores FROM scores");
    if (scores !== count) throw new Error(`There are ${scores} scores, not ${count}`);
    return count / seconds;
  };
  try {
    return await store.serving(async ({ address }) => {
      const posted = timed(async () => {
        const { report, seconds } = await postRecords(`${address}/api/scores`, [path]);
        if (report.stored !== count) throw new Error(`Of ${count} scores ${report.stored} were stored`);
        return seconds;
      });
      const copied = timed(async () => (await baseline.ask({ do: "store" })).seconds);

      await posted();
      await baseline.ask({ do: "take", connection: store.connection });
      const rates = await takeTurns(amounts.scoreRounds, "scores/s", { posted, copied });
      const name = `upsert of ${count.toLocaleString("en-GB")} scores over HTTP`;
      return [toFigure(name, "scores/s", 0.5, rates.posted, rates.copied)];
    });
  } finally {
    await baseline.stop();
  }
}

function* linesOf(ids) {
  for (const [n, { id }] of ids.entries())
    yield `${JSON.stringify({ trace_id: id, name: "correct", value: n % 3 === 0 ? 0 : 1, by: "verify@1" })}\n`;
}

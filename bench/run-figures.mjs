// Figures of runs: how long their answers take over a run of a million rollouts, beside the traces of others.
import { say } from "./progress.mjs";

const PROMPTS = 312;
const SAMPLES = 16;
const MEASURED = "bench-a";
const OTHER = "bench-b";

/** Times of every call, over HTTP and from outside the server's process. */
export async function measureRuns(context) {
  const { store, amounts } = context;
  await context.empty();
  await addRun(store, MEASURED, amounts.runSteps);
  const alone = await store.serving(async ({ address }) => {
    const first = await callOnce(address, curveOf(MEASURED));
    say(`  first curve, which makes the columns: ${Math.round(first.ms)} ms`);
    return measureCalls(address, curveOf(MEASURED), amounts.runCalls);
  });
  await addRun(store, OTHER, amounts.runSteps);
  return store.serving(async ({ address }) => {
    const beside = await measureCalls(address, curveOf(MEASURED), amounts.runCalls);
    const figures = [
      latency(`curve of ${amounts.runSteps} steps`, alone, 500),
      latency("curve, beside as many traces of another run", beside, 500),
    ];
    const step = amounts.runSteps >> 1;
    for (const sort of ["mixed", "all_wrong", "all_right", "biggest_change", "group"]) {
      const times = await measureCalls(
        address,
        `/api/runs/${MEASURED}/groups?train_step=${step}&sort=${sort}`,
        amounts.runCalls,
      );
      figures.push(latency(`groups of a step, ${sort}`, times, 100));
    }
    await callOnce(address, compareOf);
    figures.push(latency("run against run", await measureCalls(address, compareOf, amounts.runCalls), 1_000));
    figures.push(
      latency("hiding a run, until no answer shows it", await measureHiding(address, amounts), 50),
    );
    return figures;
  });
}

const curveOf = (run) => `/api/runs/${run}/curve?k=1,4,16`;
const compareOf = `/api/runs/compare?base=${MEASURED}&other=${OTHER}`;

/**
 * Finished rows straight into the tables, as the import of such rollouts leaves them but for their payloads, which
 * no figure reads. Importing them would take minutes and is measured elsewhere.
 */
export async function addRun(store, name, steps) {
  const start = performance.now();
  const [{ id }] = await store.query("INSERT INTO runs (name) VALUES ($1) RETURNING id", [name]);
  await store.query("SELECT setseed(0.5)");
  await store.query(
    `INSERT INTO traces (
       id, created_at, reward, run_id, train_step, sample_index, step_count, char_count, completion_tokens,
       trace_version, split, prompt_key, source, model, finish_reason, tags, step_types,
       prompt_excerpt, answer_excerpt, content_hash, completion_hash
     )
     SELECT md5($1 || '-' || step || '-' || slot || '-' || sample)::uuid,
            '2026-01-01'::timestamptz + step * interval '5 minutes' + sample * interval '10 ms',
            CASE WHEN random() < 0.02 THEN NULL ELSE (random() < (slot + 0.3 * step) / (${PROMPTS} + $3 * 0.4))::int END,
            $2, step, sample, 1, 14000, (200 + 4000 * random() ^ 3)::int,
            '1.1', 'train', 'dapo-' || ((step % 20) * ${PROMPTS} + slot), 'rollouts', 'policy-8b',
            CASE WHEN random() < 0.05 THEN 'length' ELSE 'stop' END, '{}', '{thinking}',
            repeat('What is the sum of all n for which this holds? ', 4), (random() * 40)::int::text,
            decode(md5(step || '-' || slot || '-' || sample), 'hex'), substr(decode(md5(random()::text), 'hex'), 1, 8)
     FROM generate_series(0, $3 - 1) AS step, generate_series(0, ${PROMPTS - 1}) AS slot,
          generate_series(0, ${SAMPLES - 1}) AS sample`,
    [name, id, steps],
  );
  await store.query(
    `INSERT INTO run_changes (run_id, split, train_step, traces)
     SELECT run_id, split, train_step, count(*) FROM traces WHERE run_id = $1 GROUP BY run_id, split, train_step`,
    [id],
  );
  await store.settle();
  const rollouts = (steps * PROMPTS * SAMPLES).toLocaleString("en-GB");
  say(`  made a run of ${rollouts} rollouts in ${Math.round((performance.now() - start) / 1000)} s`);
}

async function callOnce(address, path, options) {
  const start = performance.now();
  const answer = await fetch(`${address}${path}`, options);
  const body = await answer.json();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${body.detail}`);
  return { ms: performance.now() - start, body };
}

async function measureCalls(address, path, calls) {
  const times = [];
  for (let call = 0; call < calls; call++) times.push((await callOnce(address, path)).ms);
  return times;
}

/** From the request that hides it to the end of the first list, run listing and curve that leave it out. */
async function measureHiding(address, amounts) {
  const path = `/api/runs/${OTHER}`;
  const patch = (hidden) => ({
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ hidden }),
  });
  const times = [];
  for (let call = 0; call < amounts.runCalls; call++) {
    const start = performance.now();
    await callOnce(address, path, patch(true));
    const runs = await callOnce(address, "/api/runs");
    const traces = await callOnce(address, "/api/traces");
    const curve = await fetch(`${address}${path}/curve`);
    times.push(performance.now() - start);
    await curve.arrayBuffer();
    const isShown =
      runs.body.data.some(({ name }) => name === OTHER) || traces.body.data.some(({ run }) => run === OTHER);
    if (isShown || curve.status !== 404) throw new Error("A hidden run still shows");
    await callOnce(address, path, patch(false));
  }
  return times;
}

/** A figure that is a time: its 95th percentile, in ms, and the most it may be. */
function latency(name, times, most) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  say(`  ${name}: p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms of ${times.length} calls`);
  return { name, unit: "ms", p50: at(0.5), p95: at(0.95), most, isOk: at(0.95) <= most, rounds: times };
}

// Storing traces in bulk: COPY straight into the tables, of those rows whose ids are new.
import type pg from "pg";
import sql from "sql-template-tag";
import { copyRows } from "../copy/copy-rows.ts";
import { deleteLeftovers } from "../delete-trace.ts";
import { noteRunChanges } from "../runs/run-changes.ts";
import { addMissingScores } from "../scores/scores.ts";
import { DEADLOCK_DETECTED, FOREIGN_KEY_VIOLATION, retryAfter, UNIQUE_VIOLATION } from "../sql-states.ts";
import { type EncodedRows, type EncodedTable, RUN_ID_OFFSET } from "./encode-rows.ts";
import type { InsertResult } from "./insert-traces.ts";

/** Another transaction has stored or deleted one of the traces since it was looked for, or stores the same in another order. */
const MET_OTHERS = [UNIQUE_VIOLATION, FOREIGN_KEY_VIOLATION, DEADLOCK_DETECTED];

type Outcome = InsertResult["outcome"];

/** What surrounds a chunk: a transaction of its own, or a part of a larger one that can be taken back. */
interface Bounds {
  begin: string;
  commit: string;
  rollback: string;
}
export const ownTransaction: Bounds = { begin: "BEGIN", commit: "COMMIT", rollback: "ROLLBACK" };
export const partOfTransaction: Bounds = {
  begin: "SAVEPOINT chunk",
  commit: "RELEASE chunk",
  rollback: "ROLLBACK TO chunk; RELEASE chunk",
};

/**
 * Stores the traces; returns what became of each. COPY has no ON CONFLICT: where an id turns out to be there, all
 * is taken back, and the ids that are there are left out of the next attempt. Where another transaction stores or deletes one
 * meanwhile, the next look sees that.
 * @param expectsNew whether to try without a look first, which costs a tenth of the storing.
 */
export async function copyTraces(
  client: pg.ClientBase,
  rows: EncodedRows,
  runIds: ReadonlyMap<string, number>,
  bounds: Bounds,
  expectsNew: boolean,
): Promise<Outcome[]> {
  writeRunIds(rows, runIds);
  const copyNew = async (attempt: number) => {
    const isBlind = expectsNew && attempt === 1;
    await client.query(bounds.begin);
    const existing = isBlind ? new Set<string>() : await findExisting(client, rows.ids);
    const isNew = rows.ids.map((id) => existing.size < existing.add(id).size);
    for (const table of rows.tables) {
      const parts = partsToCopy(table, isNew);
      if (parts.length > 0) await copyRows(client, `${table.table} (${table.columns})`, parts);
    }
    await noteNewTraces(client, rows, runIds, isNew);
    const outcomes = await settle(client, rows, isNew);
    await client.query(bounds.commit);
    return outcomes;
  };
  return retryAfter(MET_OTHERS, copyNew, () => client.query(bounds.rollback));
}

/** The ids that are there; what a deleted run has left of them is deleted first. */
async function findExisting(client: pg.ClientBase, ids: readonly string[]): Promise<Set<string>> {
  const found = await findContentHashes(client, ids);
  const hadLeftovers = found.size > 0 && (await deleteLeftovers(client, [...found.keys()])) > 0;
  return new Set((hadLeftovers ? await findContentHashes(client, ids) : found).keys());
}

function writeRunIds(rows: EncodedRows, runIds: ReadonlyMap<string, number>): void {
  const [traces] = rows.tables as [EncodedTable];
  const bytes = Buffer.from(traces.bytes.buffer, traces.bytes.byteOffset, traces.bytes.byteLength);
  rows.runs.forEach((run, trace) => {
    const runId = run === null ? undefined : runIds.get(run);
    if (runId !== undefined) bytes.writeInt32BE(runId, (traces.ends[trace - 1] ?? 0) + RUN_ID_OFFSET);
  });
}

/** The rows that are already there, by id. */
async function findContentHashes(
  client: pg.ClientBase,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await client.query({
    name: "find-content-hashes",
    text: "SELECT id, encode(content_hash, 'hex') AS hash FROM traces WHERE id = ANY($1::uuid[])",
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row.hash]));
}

/** All of it in one piece when every trace is new, as in most imports. */
function partsToCopy({ bytes, ends, traces }: EncodedTable, isNew: readonly boolean[]): Uint8Array[] {
  if (traces.every((trace) => isNew[trace])) return ends.length > 0 ? [bytes] : [];
  return traces.flatMap((trace, row) =>
    isNew[trace] ? [bytes.subarray(ends[row - 1] ?? 0, ends[row])] : [],
  );
}

async function noteNewTraces(
  client: pg.ClientBase,
  rows: EncodedRows,
  runIds: ReadonlyMap<string, number>,
  isNew: readonly boolean[],
): Promise<void> {
  const traces = rows.runs.flatMap((run, trace) =>
    run !== null && isNew[trace] ? [{ runId: runIds.get(run), trace }] : [],
  );
  if (traces.length === 0) return;
  const placed = sql`unnest(
    ${traces.map(({ runId }) => runId)}::int[],
    ${traces.map(({ trace }) => rows.splits[trace])}::text[],
    ${traces.map(({ trace }) => rows.trainSteps[trace])}::int[])`;
  await client.query(
    noteRunChanges(sql`(SELECT * FROM ${placed} AS placed (run_id, split, train_step))`, "added"),
  );
}

/** Tells repeated traces from taken ids; a trace that comes again may bring scores it did not have. */
async function settle(
  client: pg.ClientBase,
  rows: EncodedRows,
  isNew: readonly boolean[],
): Promise<Outcome[]> {
  if (isNew.every(Boolean)) return isNew.map(() => "created");
  const repeated = rows.ids.filter((_, trace) => !isNew[trace]);
  const hashes = await findContentHashes(client, repeated);
  const outcomes = rows.ids.map((id, trace): Outcome => {
    if (isNew[trace]) return "created";
    return hashes.get(id) === rows.contentHashes[trace] ? "duplicate" : "id_taken";
  });
  const scored = rows.scores.filter(({ trace }) => outcomes[trace] === "duplicate");
  await addMissingScores(
    client,
    scored.map(({ trace, rows: scores }) => ({ id: rows.ids[trace] as string, scores })),
  );
  return outcomes;
}

// Which steps traces have: only their payloads tell.
import { setImmediate as nextTurn } from "node:timers/promises";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { decodeUtf8 } from "../../trace/decode-utf8.ts";
import { decompress } from "../compress.ts";
import { CopyDecoder } from "../copy/copy-decoder.ts";

/** Steps by their `i`, of traces by their ids. */
export type StepsOfTraces = Map<string, Set<number>>;

/** Those of the wanted steps that are there. Payloads are read one after the other, however large all are together. */
export async function findSteps(pool: pg.Pool, wanted: StepsOfTraces): Promise<StepsOfTraces> {
  const found: StepsOfTraces = new Map();
  if (wanted.size === 0) return found;
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    // UUIDs, which were checked: COPY takes no parameters.
    const ids = `'{${[...wanted.keys()].join(",")}}'::uuid[]`;
    const copy = client.query(
      copyTo(
        `COPY (SELECT trace_id::text, payload FROM trace_payloads WHERE trace_id = ANY(${ids})) TO STDOUT (FORMAT binary)`,
      ),
    );
    const decoder = new CopyDecoder();
    for await (const chunk of copy) {
      for (const [idBytes, payload] of decoder.decode(chunk as Buffer)) {
        const id = String(idBytes);
        const steps = readSteps(await decompress(payload as Buffer));
        found.set(id, new Set(steps.filter((i) => wanted.get(id)?.has(i))));
      }
      await nextTurn();
    }
    return found;
  } catch (error) {
    // Amid a COPY it is of no use to anybody else.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
}

function readSteps(payload: Buffer): number[] {
  const { steps } = JSON.parse(decodeUtf8(payload)) as { steps: { i: number }[] };
  return steps.map(({ i }) => i);
}

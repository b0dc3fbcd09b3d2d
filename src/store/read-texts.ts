// Traces read for their texts, however many and however large.
import { type TraceText, traceTexts } from "../search/trace-texts.ts";
import { decompress } from "./compress.ts";
import type { Queryable } from "./database.ts";

export interface ReadTexts {
  id: string;
  texts: TraceText[];
}

/** Compressed bytes that are read at once. */
const MAX_BYTES = 4_000_000;

/** The texts of these traces in the order of the ids; those that are gone are left out. */
export async function* readTexts(db: Queryable, ids: readonly string[]): AsyncGenerator<ReadTexts> {
  for await (const payloads of readPayloads(db, ids)) {
    for (const { id, payload } of payloads) yield { id, texts: textsOf(await decompress(payload)) };
  }
}

/** @param json a trace in UTF-8 */
export function textsOf(json: Buffer): TraceText[] {
  return [...traceTexts(JSON.parse(json.toString()))];
}

export interface ReadPayload {
  id: string;
  payload: Buffer;
}

/** Payloads as they are stored, in groups that are small enough to be held. */
export async function* readPayloads(db: Queryable, ids: readonly string[]): AsyncGenerator<ReadPayload[]> {
  if (ids.length === 0) return;
  // The size is read from the pointer to the payload, which is not touched.
  const { rows } = await db.query<{ id: string; bytes: number }>({
    name: "payload-sizes",
    text: `SELECT trace_id AS id, octet_length(payload) AS bytes
           FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (trace_id, ordinal) JOIN trace_payloads USING (trace_id)
           ORDER BY ordinal`,
    values: [ids],
  });
  for (let from = 0; from < rows.length; ) {
    let to = from;
    for (let bytes = 0; to < rows.length && (to === from || bytes < MAX_BYTES); to++)
      bytes += rows[to]?.bytes ?? 0;
    const group = rows.slice(from, to).map(({ id }) => id);
    const found = await db.query<ReadPayload>({
      name: "read-payloads",
      text: "SELECT trace_id AS id, payload FROM trace_payloads WHERE trace_id = ANY($1::uuid[])",
      values: [group],
    });
    const byId = new Map(found.rows.map((row) => [row.id, row]));
    yield group.flatMap((id) => byId.get(id) ?? []);
    from = to;
  }
}

// Traces read for their texts, however many and however large.

import type { Trace } from "../contract/trace.ts";
import { type TraceText, traceTexts } from "../search/trace-texts.ts";
import { decodeUtf8 } from "../trace/decode-utf8.ts";
import { parseExactly } from "../trace/parse-exactly.ts";
import { decompress } from "./compress.ts";
import type { Queryable } from "./database.ts";

export interface ReadTexts {
  id: string;
  texts: TraceText[];
}

/** Compressed bytes that are read at once: a thousand traces of 4 KB. */
const MAX_BYTES = 2_000_000;

/** The texts of these traces in the order of the ids; those that are gone are left out. */
export async function* readTexts(db: Queryable, ids: readonly string[]): AsyncGenerator<ReadTexts> {
  for (const group of await groupBySize(db, ids))
    for (const { id, payload } of await readPayloads(db, group))
      yield { id, texts: textsOf(await decompress(payload)) };
}

/** @param json a trace in UTF-8 */
export function textsOf(json: Buffer): TraceText[] {
  return [...traceTexts(parseExactly(decodeUtf8(json)) as Trace)];
}

export interface ReadPayload {
  id: string;
  payload: Buffer;
}

/** The ids in their order, in groups whose payloads are small enough to be held; without those that are gone. */
export async function groupBySize(
  db: Queryable,
  ids: readonly string[],
  maxBytes = MAX_BYTES,
): Promise<string[][]> {
  if (ids.length === 0) return [];
  // The size is read from the pointer to the payload, which is not touched.
  const { rows } = await db.query<{ id: string; bytes: number }>({
    name: "payload-sizes",
    text: `SELECT trace_id AS id, octet_length(payload) AS bytes
           FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (trace_id, ordinal) JOIN trace_payloads USING (trace_id)
           ORDER BY ordinal`,
    values: [ids],
  });
  const groups: string[][] = [];
  let room = 0;
  for (const { id, bytes } of rows) {
    if (room <= 0) {
      groups.push([]);
      room = maxBytes;
    }
    groups.at(-1)?.push(id);
    room -= bytes;
  }
  return groups;
}

/** A group's payloads as they are stored, in the order of the ids; those that are gone are left out. */
export async function readPayloads(db: Queryable, group: readonly string[]): Promise<ReadPayload[]> {
  const { rows } = await db.query<ReadPayload>({
    name: "read-payloads",
    text: "SELECT trace_id AS id, payload FROM trace_payloads WHERE trace_id = ANY($1::uuid[])",
    values: [group],
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return group.flatMap((id) => byId.get(id) ?? []);
}

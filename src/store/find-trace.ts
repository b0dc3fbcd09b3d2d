import { decompress } from "./compress.ts";
import type { Queryable } from "./database.ts";
import { VISIBLE } from "./trace-filters.ts";

export interface FoundTrace {
  createdAt: Date;
  traceVersion: string;
  contentHash: Buffer;
  /** The trace's JSON as it was sent, in UTF-8; without its tokens unless they were asked for. */
  payload: Buffer;
}

/** A trace as the tables have it. */
export interface FoundRow {
  id: string;
  created_at: Date;
  trace_version: string;
  content_hash: Buffer;
  payload: Buffer;
  payload_offset?: number;
  tokens?: Buffer | null;
}

/** The trace, read whole; undefined when there is none with this id. */
export async function findTrace(
  db: Queryable,
  id: string,
  withTokens: boolean,
): Promise<FoundTrace | undefined> {
  const [row] = withTokens ? await selectWithTokens(db, id) : await selectTraces(db, [id]);
  return row && toFoundTrace(row);
}

/** The rows of the traces that are there, in any order. */
export async function selectTraces(db: Queryable, ids: readonly string[]): Promise<FoundRow[]> {
  const { rows } = await db.query<FoundRow>({
    name: "find-traces",
    text: `SELECT id, created_at, trace_version, content_hash, payload
           FROM traces JOIN trace_payloads ON trace_id = id WHERE id = ANY ($1::uuid[]) AND ${VISIBLE}`,
    values: [ids],
  });
  return rows;
}

async function selectWithTokens(db: Queryable, id: string): Promise<FoundRow[]> {
  const { rows } = await db.query<FoundRow>({
    name: "find-trace-with-tokens",
    text: `SELECT id, created_at, trace_version, content_hash, payload, payload_offset, tokens
           FROM traces JOIN trace_payloads ON trace_id = id LEFT JOIN trace_tokens USING (trace_id)
           WHERE id = $1 AND ${VISIBLE}`,
    values: [id],
  });
  return rows;
}

/** A small trace is there at once; of a large one the event loop is kept free. */
export async function toFoundTrace(row: FoundRow): Promise<FoundTrace> {
  const payload = await decompress(row.payload);
  return {
    createdAt: row.created_at,
    traceVersion: row.trace_version,
    contentHash: row.content_hash,
    payload:
      row.tokens == null
        ? payload
        : withTokensBack(payload, await decompress(row.tokens), row.payload_offset as number),
  };
}

/** The payload as it was sent, given the tokens' text that was cut out of it and where. */
export function withTokensBack(payload: Buffer, tokens: Buffer, offset: number): Buffer {
  return Buffer.concat([payload.subarray(0, offset), tokens, payload.subarray(offset)]);
}

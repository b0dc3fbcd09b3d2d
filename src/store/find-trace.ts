import type { Queryable } from "./database.ts";
import { inflateBytes } from "./deflate.ts";

export interface FoundTrace {
  createdAt: Date;
  traceVersion: string;
  contentHash: Buffer;
  /** The trace's JSON as it was sent, in UTF-8; without its tokens unless they were asked for. */
  payload: Buffer;
}

/** The trace, read whole; undefined when there is none with this id. */
export async function findTrace(
  db: Queryable,
  id: string,
  withTokens: boolean,
): Promise<FoundTrace | undefined> {
  const { rows } = await db.query(
    withTokens ? { ...selectWithTokens, values: [id] } : { ...selectTrace, values: [id] },
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    createdAt: row.created_at,
    traceVersion: row.trace_version,
    contentHash: row.content_hash,
    payload: withTokensBack(inflateBytes(row.payload), row),
  };
}

const selectTrace = {
  name: "find-trace",
  text: `SELECT created_at, trace_version, content_hash, payload
         FROM traces JOIN trace_payloads ON trace_id = id WHERE id = $1`,
};

const selectWithTokens = {
  name: "find-trace-with-tokens",
  text: `SELECT created_at, trace_version, content_hash, payload, payload_offset, tokens
         FROM traces JOIN trace_payloads ON trace_id = id LEFT JOIN trace_tokens USING (trace_id) WHERE id = $1`,
};

function withTokensBack(
  payload: Buffer,
  row: { payload_offset?: number | null; tokens?: Buffer | null },
): Buffer {
  if (!row.tokens || typeof row.payload_offset !== "number") return payload;
  const head = payload.subarray(0, row.payload_offset);
  return Buffer.concat([head, inflateBytes(row.tokens), payload.subarray(row.payload_offset)]);
}

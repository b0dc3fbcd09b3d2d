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
  const payload = await decompress(row.payload);
  return {
    createdAt: row.created_at,
    traceVersion: row.trace_version,
    contentHash: row.content_hash,
    payload:
      row.tokens == null
        ? payload
        : withTokensBack(payload, await decompress(row.tokens), row.payload_offset),
  };
}

const selectTrace = {
  name: "find-trace",
  text: `SELECT created_at, trace_version, content_hash, payload
         FROM traces JOIN trace_payloads ON trace_id = id WHERE id = $1 AND ${VISIBLE}`,
};

const selectWithTokens = {
  name: "find-trace-with-tokens",
  text: `SELECT created_at, trace_version, content_hash, payload, payload_offset, tokens
         FROM traces JOIN trace_payloads ON trace_id = id LEFT JOIN trace_tokens USING (trace_id) WHERE id = $1 AND ${VISIBLE}`,
};

/** The payload as it was sent, given the tokens' text that was cut out of it and where. */
export function withTokensBack(payload: Buffer, tokens: Buffer, offset: number): Buffer {
  return Buffer.concat([payload.subarray(0, offset), tokens, payload.subarray(offset)]);
}

// Traces read whole, any number of them, oldest first: COPY from one snapshot, as fast as they are taken.
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import sql, { empty, join, raw, type Sql } from "sql-template-tag";
import { isContradictory, type TraceFilters } from "../contract/filters.ts";
import { matchesTrace } from "../search/match-trace.ts";
import { parseQuery } from "../search/parse-query.ts";
import { decompressSync } from "./compress.ts";
import { CopyDecoder, decodeRows, type Field } from "./copy/copy-decoder.ts";
import { withTokensBack } from "./find-trace.ts";
import { inlineValues } from "./inline-values.ts";
import { textsOf } from "./read-texts.ts";
import { searchConditions } from "./search/search-condition.ts";

export interface StreamedTrace {
  id: string;
  /** ISO 8601 in UTC with milliseconds. */
  createdAt: string;
  traceVersion: string;
  run: string | null;
  split: string | null;
  trainStep: number | null;
  /** The trace's JSON as it was sent, its tokens in place. */
  payload: Buffer;
  /** Its scores as they are now, an array of the contract's Score in JSON; null when it has none. */
  scores: string | null;
}

/** A part of all: conditions besides the filters, and how many at most. */
export interface StreamedPart {
  conditions: readonly Sql[];
  limit: number;
}

/**
 * Rows of COPY, some at a time, of which `toTraces` makes traces, here or in a thread. The caller has begun the transaction and ends
 * the connection if it stops early.
 */
export async function* streamTraceRows(
  client: pg.Client,
  filters: TraceFilters,
  part?: StreamedPart,
): AsyncGenerator<Buffer> {
  if (isContradictory(filters)) return;
  const conditions = await searchConditions(client, filters);
  const copy = client.query(
    copyTo(`COPY (${inlineValues(selectTraces(conditions, part))}) TO STDOUT (FORMAT binary)`),
  );
  // One that is left early hears of its connection's end when nobody listens any more.
  copy.on("error", () => {});
  const decoder = new CopyDecoder();
  for await (const chunk of copy) {
    const rows = decoder.split(chunk as Buffer);
    if (rows.length > 0) yield rows;
  }
}

/** Traces that may match `q`. */
export function toTraces(rows: Buffer): StreamedTrace[] {
  return decodeRows(rows).map(toTrace);
}

/** Those that do match: the index does not tell all, their texts do. */
export function thoseThatMatch(traces: StreamedTrace[], q: string | undefined): StreamedTrace[] {
  if (q === undefined) return traces;
  const query = parseQuery(q);
  return traces.filter(({ payload }) => matchesTrace(query, textsOf(payload)));
}

const isoTime = (column: string) =>
  raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);

/** What is large is looked up row by row after the sorting, so that narrow rows are sorted, however many. */
function selectTraces(conditions: readonly Sql[], part?: StreamedPart): Sql {
  return sql`
    SELECT id::text, ${isoTime("created_at")}, trace_version,
           (SELECT name FROM runs WHERE runs.id = run_id), split, train_step,
           (SELECT payload FROM trace_payloads WHERE trace_id = selected.id),
           (SELECT payload_offset FROM trace_tokens WHERE trace_id = selected.id),
           (SELECT tokens FROM trace_tokens WHERE trace_id = selected.id),
           (SELECT json_agg(json_build_object(
              'step_i', step_i, 'name', name, 'value', value, 'status', status, 'by', scored_by,
              'comment', comment, 'updated_at', ${isoTime("updated_at")}
            ) ORDER BY step_i NULLS FIRST, name, scored_by)::text
            FROM scores WHERE trace_id = selected.id)
    FROM (
      SELECT id, created_at, trace_version, run_id, split, train_step FROM traces
      WHERE ${join([...conditions, ...(part?.conditions ?? [])], " AND ")}
      ORDER BY created_at, id
      ${part === undefined ? empty : sql`LIMIT ${part.limit}::int`}
    ) AS selected`;
}

function toTrace(row: Field[]): StreamedTrace {
  const [id, createdAt, traceVersion, run, split, trainStep, payload, payloadOffset, tokens, scores] = row;
  const stored = decompressSync(payload as Buffer);
  return {
    id: String(id),
    createdAt: String(createdAt),
    traceVersion: String(traceVersion),
    run: run?.toString() ?? null,
    split: split?.toString() ?? null,
    trainStep: trainStep?.readInt32BE() ?? null,
    payload:
      tokens && payloadOffset
        ? withTokensBack(stored, decompressSync(tokens), payloadOffset.readInt32BE())
        : stored,
    scores: scores?.toString() ?? null,
  };
}

// Rows encoded for COPY wherever there is a processor free; what follows needs only what stands beside the bytes.
import type { ScoreRow } from "../trace/trace-row.ts";
import { CopyEncoder } from "./copy-encoder.ts";
import type { StoredRow } from "./stored-row.ts";
import {
  type Column,
  payloadColumns,
  pendingColumns,
  scoreColumns,
  scoresOf,
  tokenColumns,
  traceColumns,
} from "./trace-columns.ts";

/** A table's part of a chunk of traces. */
export interface EncodedTable {
  table: string;
  columns: string;
  bytes: Uint8Array;
  /** For each encoded row, one past its last byte, and which of the chunk's traces it belongs to. */
  ends: number[];
  traces: number[];
}

export interface EncodedRows {
  ids: string[];
  /** Hexadecimal. */
  contentHashes: string[];
  runs: (string | null)[];
  splits: (string | null)[];
  trainSteps: (number | null)[];
  /** Of the traces that brought any. */
  scores: { trace: number; rows: ScoreRow[] }[];
  /** `traces` first: what hangs on a trace comes after it. */
  tables: EncodedTable[];
}

/** Where the run's number stands in an encoded row of `traces`: after the count of fields, id and created_at. */
export const RUN_ID_OFFSET = 2 + (4 + 16) + (4 + 8) + 4;

export function encodeRows(rows: readonly StoredRow[]): EncodedRows {
  const all = rows.map((row, trace) => ({ row, trace }));
  const scores = rows.flatMap((row, trace) => (row.scores.length > 0 ? [{ trace, rows: row.scores }] : []));
  // The runs' numbers are not known here; a zero keeps their place.
  const columns = traceColumns(() => 0);
  return {
    ids: rows.map(({ id }) => id),
    contentHashes: rows.map(({ contentHash }) => contentHash.toString("hex")),
    runs: rows.map(({ run }) => run),
    splits: rows.map(({ split }) => split),
    trainSteps: rows.map(({ trainStep }) => trainStep),
    scores,
    tables: [
      encodeTable("traces", columns, all),
      encodeTable("trace_payloads", payloadColumns, all),
      encodeTable("search_pending", pendingColumns, all),
      encodeTable(
        "trace_tokens",
        tokenColumns,
        all.filter(({ row }) => row.tokens !== null),
      ),
      encodeTable(
        "scores",
        scoreColumns,
        all.flatMap(({ row, trace }) => scoresOf([row]).map((score) => ({ row: score, trace }))),
      ),
    ],
  };
}

function encodeTable<Row>(
  table: string,
  columns: readonly Column<Row>[],
  rows: readonly { row: Row; trace: number }[],
): EncodedTable {
  const encoder = new CopyEncoder();
  const types = columns.map(({ type }) => type);
  const ends = rows.map(({ row }) =>
    encoder.row(
      types,
      columns.map(({ value }) => value(row)),
    ),
  );
  return {
    table,
    columns: columns.map(({ name }) => name).join(", "),
    bytes: encoder.finish(),
    ends,
    traces: rows.map(({ trace }) => trace),
  };
}

// Rows encoded for COPY wherever there is a processor free; what follows needs only what stands beside the bytes.
import type { ScoreRow, TraceScoreRow } from "../../trace/trace-row.ts";
import { type ColumnType, CopyEncoder } from "../copy/copy-encoder.ts";
import { letGo } from "../let-go.ts";
import { packPages } from "./pack-pages.ts";
import type { StoredRow } from "./stored-row.ts";
import {
  type Column,
  type PayloadRow,
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

/**
 * Takes a chunk's traces one by one: of each only its bytes stay, so that there is little for the collector. Payloads
 * are encoded at the end, in the order in which they fill pages.
 */
export class RowsEncoder {
  // The runs' numbers are not known here; a zero keeps their place.
  readonly #traces: TableEncoder<StoredRow>;
  readonly #payloads: TableEncoder<PayloadRow>;
  readonly #payloadRows: PayloadRow[] = [];
  readonly #pending: TableEncoder<StoredRow>;
  readonly #tokens: TableEncoder<StoredRow>;
  readonly #scores: TableEncoder<TraceScoreRow>;
  readonly #rows: EncodedRows = {
    ids: [],
    contentHashes: [],
    runs: [],
    splits: [],
    trainSteps: [],
    scores: [],
    tables: [],
  };

  /** @param memory of the tables of a chunk that is stored, to write this one into. */
  constructor(memory: readonly ArrayBuffer[] = []) {
    const [traces, payloads, pending, tokens, scores] = memory;
    this.#traces = new TableEncoder(
      "traces",
      traceColumns(() => 0),
      traces,
    );
    this.#payloads = new TableEncoder("trace_payloads", payloadColumns, payloads);
    this.#pending = new TableEncoder("search_pending", pendingColumns, pending);
    this.#tokens = new TableEncoder("trace_tokens", tokenColumns, tokens);
    this.#scores = new TableEncoder("scores", scoreColumns, scores);
  }

  add(row: StoredRow): void {
    const { ids, contentHashes, runs, splits, trainSteps, scores } = this.#rows;
    const trace = ids.length;
    ids.push(row.id);
    contentHashes.push(row.contentHash.toString("hex"));
    runs.push(row.run);
    splits.push(row.split);
    trainSteps.push(row.trainStep);
    this.#traces.add(row, trace);
    this.#payloadRows.push({ id: row.id, compressedPayload: row.compressedPayload });
    this.#pending.add(row, trace);
    if (row.tokens !== null) this.#tokens.add(row, trace);
    if (row.scores.length === 0) return;
    scores.push({ trace, rows: row.scores });
    for (const score of scoresOf([row])) this.#scores.add(score, trace);
  }

  finish(): EncodedRows {
    for (const trace of packPages(this.#payloadRows.map(({ compressedPayload }) => compressedPayload.length)))
      this.#payloads.add(this.#payloadRows[trace] as PayloadRow, trace);
    letGo(this.#payloadRows.map(({ compressedPayload }) => compressedPayload));
    const tables = [this.#traces, this.#payloads, this.#pending, this.#tokens, this.#scores];
    return { ...this.#rows, tables: tables.map((table) => table.finish()) };
  }
}

class TableEncoder<Row> {
  readonly #table: string;
  readonly #columns: readonly Column<Row>[];
  readonly #types: readonly ColumnType[];
  readonly #values: unknown[] = [];
  readonly #encoder: CopyEncoder;
  readonly #ends: number[] = [];
  readonly #traces: number[] = [];

  constructor(table: string, columns: readonly Column<Row>[], memory: ArrayBuffer | undefined) {
    this.#encoder = new CopyEncoder(memory);
    this.#table = table;
    this.#columns = columns;
    this.#types = columns.map(({ type }) => type);
  }

  add(row: Row, trace: number): void {
    // One array for all rows: it is read at once.
    this.#columns.forEach(({ value }, index) => {
      this.#values[index] = value(row);
    });
    this.#ends.push(this.#encoder.row(this.#types, this.#values));
    this.#traces.push(trace);
  }

  finish(): EncodedTable {
    return {
      table: this.#table,
      columns: this.#columns.map(({ name }) => name).join(", "),
      bytes: this.#encoder.finish(),
      ends: this.#ends,
      traces: this.#traces,
    };
  }
}

// The columns that a trace fills, table by table, in the order in which they are written.
import type { ScoreRow, TraceRow } from "../trace/trace-row.ts";
import type { ColumnType } from "./copy-encoder.ts";

/** A row ready for the database: its texts deflated. */
export interface StoredRow extends TraceRow {
  deflatedPayload: Buffer;
  deflatedTokens: Buffer | null;
}

export interface Column<Row> {
  name: string;
  type: ColumnType;
  value(row: Row): unknown;
}

const column = <Row>(name: string, type: ColumnType, value: (row: Row) => unknown): Column<Row> => ({
  name,
  type,
  value,
});

/** @param runIds the number of each run, by name. */
export function traceColumns(runIds: ReadonlyMap<string, number>): Column<StoredRow>[] {
  return [
    column("id", "uuid", (row) => row.id),
    column("created_at", "timestamptz", (row) => row.createdAt),
    column("reward", "float8", (row) => row.reward),
    column("run_id", "int", (row) => (row.run === null ? null : runIds.get(row.run))),
    column("train_step", "int", (row) => row.trainStep),
    column("sample_index", "int", (row) => row.sampleIndex),
    column("step_count", "int", (row) => row.stepCount),
    column("char_count", "int", (row) => row.charCount),
    column("completion_tokens", "int", (row) => row.completionTokens),
    column("trace_version", "text", (row) => row.traceVersion),
    column("split", "text", (row) => row.split),
    column("prompt_key", "text", (row) => row.promptKey),
    column("source", "text", (row) => row.source),
    column("model", "text", (row) => row.model),
    column("finish_reason", "text", (row) => row.finishReason),
    column("tags", "text[]", (row) => row.tags),
    column("step_types", "text[]", (row) => row.stepTypes),
    column("prompt_excerpt", "text", (row) => row.promptExcerpt),
    column("answer_excerpt", "text", (row) => row.answerExcerpt),
    column("content_hash", "bytea", (row) => row.contentHash),
  ];
}

export const payloadColumns: Column<StoredRow>[] = [
  column("trace_id", "uuid", (row) => row.id),
  column("payload", "bytea", (row) => row.deflatedPayload),
  column("meta", "jsonb", (row) => row.meta),
];

export const tokenColumns: Column<StoredRow>[] = [
  column("trace_id", "uuid", (row) => row.id),
  column("payload_offset", "int", (row) => row.tokens?.offset),
  column("tokens", "bytea", (row) => row.deflatedTokens),
];

/** A score with the trace it belongs to. */
export interface TraceScoreRow extends ScoreRow {
  traceId: string;
}

export const scoreColumns: Column<TraceScoreRow>[] = [
  column("trace_id", "uuid", (score) => score.traceId),
  column("step_i", "int", (score) => score.stepI),
  column("name", "text", (score) => score.name),
  column("scored_by", "text", (score) => score.by),
  column("value", "float8", (score) => score.value),
  column("status", "text", (score) => score.status),
  column("comment", "text", (score) => score.comment),
  column("updated_at", "timestamptz", (score) => score.updatedAt),
];

export function scoresOf(rows: readonly TraceRow[]): TraceScoreRow[] {
  return rows.flatMap((row) => row.scores.map((score) => ({ traceId: row.id, ...score })));
}

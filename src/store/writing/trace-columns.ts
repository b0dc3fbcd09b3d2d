// The columns that a trace fills, table by table, in the order in which they are written.
import type { TraceRow, TraceScoreRow } from "../../trace/trace-row.ts";
import type { ColumnType } from "../copy/copy-encoder.ts";
import type { StoredRow } from "./stored-row.ts";

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

/** @param runIdOf gives the number of a run. */
export function traceColumns(runIdOf: (run: string) => number | undefined): Column<StoredRow>[] {
  return [
    column("id", "uuid", (row) => row.id),
    column("created_at", "timestamptz", (row) => row.createdAt),
    column("run_id", "int", (row) => (row.run === null ? null : runIdOf(row.run))),
    column("reward", "float8", (row) => row.reward),
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
    column("step_outline", "bytea", (row) => row.stepOutline),
    column("prompt_excerpt", "text", (row) => row.promptExcerpt),
    column("answer_excerpt", "text", (row) => row.answerExcerpt),
    column("content_hash", "bytea", (row) => row.contentHash),
    column("completion_hash", "bytea", (row) => row.completionHash),
    column("meta", "jsonb", (row) => row.meta),
  ];
}

export type PayloadRow = Pick<StoredRow, "id" | "compressedPayload">;

export const payloadColumns: Column<PayloadRow>[] = [
  column("trace_id", "uuid", (row) => row.id),
  column("payload", "bytea", (row) => row.compressedPayload),
];

export const tokenColumns: Column<StoredRow>[] = [
  column("trace_id", "uuid", (row) => row.id),
  column("payload_offset", "int", (row) => row.tokens?.offset),
  column("tokens", "bytea", (row) => row.compressedTokens),
];

/** What the search index has still to take up; the time is the transaction's. */
export const pendingColumns: Column<StoredRow>[] = [column("trace_id", "uuid", (row) => row.id)];

export type ScoredTrace = Pick<TraceRow, "id" | "scores">;

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

export function scoresOf(rows: readonly ScoredTrace[]): TraceScoreRow[] {
  return rows.flatMap((row) => row.scores.map((score) => ({ traceId: row.id, ...score })));
}

// The columns of `traces` that a row fills, in the order in which they are written.
import type { TraceRow } from "../trace/trace-row.ts";

/** A row ready for the database: its texts deflated, its run known by number. */
export interface StoredRow extends TraceRow {
  runId: number | null;
  deflatedPayload: Buffer;
  deflatedTokens: Buffer | null;
}

export const traceColumns: readonly [name: string, type: string, value: (row: StoredRow) => unknown][] = [
  ["id", "uuid", (row) => row.id],
  ["created_at", "timestamptz", (row) => row.createdAt],
  ["reward", "float8", (row) => row.reward],
  ["run_id", "int", (row) => row.runId],
  ["train_step", "int", (row) => row.trainStep],
  ["sample_index", "int", (row) => row.sampleIndex],
  ["step_count", "int", (row) => row.stepCount],
  ["char_count", "int", (row) => row.charCount],
  ["completion_tokens", "int", (row) => row.completionTokens],
  ["trace_version", "text", (row) => row.traceVersion],
  ["split", "text", (row) => row.split],
  ["prompt_key", "text", (row) => row.promptKey],
  ["source", "text", (row) => row.source],
  ["model", "text", (row) => row.model],
  ["finish_reason", "text", (row) => row.finishReason],
  ["tags", "text[]", (row) => row.tags],
  ["step_types", "text[]", (row) => row.stepTypes],
  ["prompt_excerpt", "text", (row) => row.promptExcerpt],
  ["answer_excerpt", "text", (row) => row.answerExcerpt],
  ["content_hash", "bytea", (row) => row.contentHash],
];

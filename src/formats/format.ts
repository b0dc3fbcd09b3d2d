// What a format is: a way to read one record of somebody's file as traces.
import type { Trace11 } from "../contract/trace.ts";
import type { JsonDocument } from "../trace/json-document.ts";

export type Step = Trace11["steps"][number];
export type TraceScore = NonNullable<Trace11["scores"]>[number];

/** Where the traces of a file belong, where its records don't say. */
export interface Origin {
  run?: string | undefined;
  split?: string | undefined;
  trainStep?: number | undefined;
}

export interface Format {
  name: string;
  /** One line for people: what such a record looks like. */
  description: string;
  /** The map it was made from, by which it can be made again elsewhere. */
  map?: string;
  /** Parts of the map whose path no record has had that was read so far. */
  unmatched?(): string[];
  /** Whether a record, parsed, is of this format. Tried on a file's first records. */
  recognises(record: unknown): boolean;
  /** Why a record is left out on purpose, or undefined: it is then counted as skipped and not read. */
  skips?(record: unknown): string | undefined;
  /** The record's traces, in order: a native document as it is, or traces made from a foreign one. */
  read(record: JsonDocument): (JsonDocument | Trace11)[];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string within a limit of the contract: what is longer has no place there, only in `meta`. */
export function isText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= maxLength;
}

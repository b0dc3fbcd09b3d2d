// What a command's exit code means: listed in the README.
import type { ErrorCode } from "../contract/errors.ts";

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  rejected: 4,
  unavailable: 5,
  inUse: 6,
  interrupted: 130,
} as const;

const byErrorCode: Partial<Record<ErrorCode, number>> = {
  usage: exitCodes.usage,
  bad_setting: exitCodes.usage,
  invalid_request: exitCodes.usage,
  invalid_cursor: exitCodes.usage,
  trace_not_found: exitCodes.notFound,
  run_not_found: exitCodes.notFound,
  store_missing: exitCodes.notFound,
  file_unreadable: exitCodes.notFound,
  invalid_trace: exitCodes.rejected,
  malformed_json: exitCodes.rejected,
  run_name_taken: exitCodes.rejected,
  unknown_format: exitCodes.rejected,
  bad_gzip: exitCodes.rejected,
  bad_csv: exitCodes.rejected,
  bad_parquet: exitCodes.rejected,
  database_unavailable: exitCodes.unavailable,
  database_busy: exitCodes.unavailable,
  index_behind: exitCodes.unavailable,
  storage_full: exitCodes.unavailable,
  embedded_unavailable: exitCodes.unavailable,
  schema_newer: exitCodes.unavailable,
  store_version: exitCodes.unavailable,
  store_location: exitCodes.unavailable,
  import_aborted: exitCodes.rejected,
  store_in_use: exitCodes.inUse,
  address_in_use: exitCodes.inUse,
};

export function exitCodeOf(code: ErrorCode): number {
  return byErrorCode[code] ?? exitCodes.failed;
}

import { AppError, type ErrorCode } from "../contract/errors.ts";

const codes: Record<string, ErrorCode> = {
  ENOSPC: "storage_full",
  EDQUOT: "storage_full",
  EISDIR: "usage",
};

/** What it means that the system would not take what was written to `name`. */
export function toWriteError(cause: NodeJS.ErrnoException, name: string): AppError {
  const code = codes[cause.code ?? ""] ?? "file_unreadable";
  return new AppError(code, `${name} cannot be written: ${cause.message}`, { cause });
}

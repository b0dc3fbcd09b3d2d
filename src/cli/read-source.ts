// A file or standard input read to its end, with a line of progress for a person who waits at a terminal.
import { constants, createReadStream, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal, type Readable } from "node:stream";
import { AppError } from "../contract/errors.ts";
import { describeSource, isCsvName } from "../transfer/source-hints.ts";
import type { CommandContext } from "./context.ts";
import { formatProgress, showProgress } from "./progress-line.ts";
import { SourceMeter } from "./source-meter.ts";

export const MAY_BE_GROWING = "the file may still be being written";
const READ_BYTES = 262_144;

export interface SourceRequest {
  context: CommandContext;
  /** A path, or "-" for standard input. */
  file: string;
  /** CSV with a header, whatever the file's name. */
  isCsv?: boolean;
  /** No line of progress, not even on a terminal. */
  isQuiet?: boolean;
}

/** Runs `read` on the bytes; it tells how many records it has come to. */
export async function readSource<T>(
  request: SourceRequest,
  read: (source: Readable, onRecords: (records: number) => void) => Promise<T>,
): Promise<{ result: T; meter: SourceMeter }> {
  const { context, file } = request;
  const meter = new SourceMeter();
  const totalBytes = await findSize(file);
  const source = file === "-" ? context.stdin : await openFile(file);
  let failure: Error | undefined;
  source.once("error", (cause: Error) => {
    failure = unreadable(file, cause);
  });
  // A read that waits for a slow writer ends with the command.
  addAbortSignal(context.signal, source);
  const startedAt = performance.now();
  let records = 0;
  const describe = (columns: number) => {
    const elapsedMs = performance.now() - startedAt;
    return formatProgress({ name: file, records, bytes: meter.bytes, totalBytes, elapsedMs }, columns);
  };
  const endProgress = request.isQuiet === true ? undefined : showProgress(context.stderr, describe);
  try {
    const isCsv = request.isCsv === true || isCsvName(file);
    const hints = { isCsv, ...(file !== "-" && { path: file }) };
    const measured = describeSource(meter.measure(source), hints);
    const result = await read(measured, (soFar) => {
      records = soFar;
    });
    return { result, meter };
  } catch (error) {
    throw failure ?? tellCutOff(error);
  } finally {
    endProgress?.();
    source.destroy();
  }
}

async function openFile(file: string): Promise<Readable> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFIFO() !== true) return createReadStream(file, { highWaterMark: READ_BYTES });
  try {
    // Opened as a file it would hold the process until somebody writes to it.
    return new Socket({ fd: openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), writable: false });
  } catch (cause) {
    throw unreadable(file, cause as Error);
  }
}

function unreadable(file: string, cause: Error): AppError {
  return new AppError("file_unreadable", `${file} cannot be read: ${cause.message}`, { cause });
}

/** Undefined for what is no plain file, and so may have any length. */
async function findSize(file: string): Promise<number | undefined> {
  const found = file === "-" ? undefined : await stat(file).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

function tellCutOff(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "bad_gzip") return error;
  // zlib's word for data that ends too early.
  const isCutOff = (error.cause as { code?: string } | undefined)?.code === "Z_BUF_ERROR";
  return isCutOff
    ? new AppError(error.code, `${error.message}; ${MAY_BE_GROWING}`, { cause: error.cause })
    : error;
}

// How far an import has come: one line on a terminal, written again in place, gone at the end.
import type { Terminal } from "./context.ts";

const REDRAW_MS = 250;
const CLEAR_LINE = "\r\u001b[K";
const MAX_NAME_LENGTH = 40;
const DEFAULT_COLUMNS = 80;

export interface Progress {
  name: string;
  records: number;
  /** Bytes of the file that were read, and how many it has where that is known. */
  bytes: number;
  totalBytes: number | undefined;
  elapsedMs: number;
}

export function formatProgress({ name, records, bytes, totalBytes, elapsedMs }: Progress): string {
  const shown = name.length > MAX_NAME_LENGTH ? `…${name.slice(1 - MAX_NAME_LENGTH)}` : name;
  const shownRecords = `${records.toLocaleString("en-US")} records`;
  const shownBytes =
    totalBytes === undefined
      ? `${megabytes(bytes)} MB`
      : `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`;
  if (elapsedMs === 0) return [shown, shownRecords, shownBytes].join("  ");
  const recordsPerSecond = Math.round((records / elapsedMs) * 1000).toLocaleString("en-US");
  const bytesPerSecond = (bytes / elapsedMs) * 1000;
  const parts = [
    shown,
    `${shownRecords}, ${recordsPerSecond}/s`,
    `${shownBytes}, ${megabytes(bytesPerSecond)} MB/s`,
  ];
  // A file may have grown since its size was taken; and what was read last is yet to be stored.
  if (totalBytes !== undefined && bytes > 0 && totalBytes > bytes)
    parts.push(`${formatDuration(((totalBytes - bytes) / bytesPerSecond) * 1000)} left`);
  return parts.join("  ");
}

/** Whole seconds, rounded up: `0 s`, `59 s`, `2 min 05 s`, `3 h 20 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Draws until the function returned is called, which wipes the line away. Draws nothing where nobody looks. */
export function showProgress(
  terminal: Terminal,
  measure: () => Progress,
  redrawMs: number = REDRAW_MS,
): () => void {
  if (terminal.isTTY !== true) return () => {};
  const timer = setInterval(() => {
    const line = formatProgress(measure());
    // A line that wraps could not be written over.
    terminal.write(`${CLEAR_LINE}${line.slice(0, (terminal.columns ?? DEFAULT_COLUMNS) - 1)}`);
  }, redrawMs);
  return () => {
    clearInterval(timer);
    terminal.write(CLEAR_LINE);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

// How far a command has come: one line on a terminal, written again in place, gone at the end.
import type { Terminal } from "./context.ts";

const REDRAW_MS = 250;
const CLEAR_LINE = "\r\u001b[K";
const MIN_NAME_LENGTH = 12;
const DEFAULT_COLUMNS = 80;

export interface Progress {
  name: string;
  records: number;
  /** Bytes of the file that were read, and how many it has where that is known. */
  bytes: number;
  totalBytes: number | undefined;
  elapsedMs: number;
}

/** One line of at most so many columns. What is too long is the name, whose end tells files apart. */
export function formatProgress(progress: Progress, columns: number): string {
  const figures = formatFigures(progress).join("  ");
  const length = Math.max(MIN_NAME_LENGTH, columns - figures.length - 2);
  const { name } = progress;
  const shown = name.length > length ? `…${name.slice(1 - length)}` : name;
  return `${shown}  ${figures}`.slice(0, columns);
}

function formatFigures({ records, bytes, totalBytes, elapsedMs }: Progress): string[] {
  const shownRecords = `${records.toLocaleString("en-US")} records`;
  const shownBytes =
    totalBytes === undefined
      ? `${megabytes(bytes)} MB`
      : `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`;
  if (elapsedMs === 0) return [shownRecords, shownBytes];
  const recordsPerSecond = Math.round((records / elapsedMs) * 1000).toLocaleString("en-US");
  const bytesPerSecond = (bytes / elapsedMs) * 1000;
  const figures = [
    `${shownRecords}, ${recordsPerSecond}/s`,
    `${shownBytes}, ${megabytes(bytesPerSecond)} MB/s`,
  ];
  // A file may have grown since its size was taken; and what was read last is yet to be stored.
  if (totalBytes !== undefined && bytes > 0 && totalBytes > bytes)
    figures.push(`${formatDuration(((totalBytes - bytes) / bytesPerSecond) * 1000)} left`);
  return figures;
}

/** Whole seconds, rounded up: `0 s`, `59 s`, `2 min 05 s`, `3 h 20 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/**
 * Draws until the function returned is called, which wipes the line away. Draws nothing where nobody looks.
 * @param describe gives the line, of at most so many columns
 */
export function showProgress(
  terminal: Terminal,
  describe: (columns: number) => string,
  redrawMs: number = REDRAW_MS,
): () => void {
  if (terminal.isTTY !== true) return () => {};
  const timer = setInterval(() => {
    // A line that wraps could not be written over.
    const columns = (terminal.columns ?? DEFAULT_COLUMNS) - 1;
    terminal.write(`${CLEAR_LINE}${describe(columns).slice(0, columns)}`);
  }, redrawMs);
  return () => {
    clearInterval(timer);
    terminal.write(CLEAR_LINE);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

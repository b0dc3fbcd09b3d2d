// Tells of a folder's importable files, and again of each that has changed, once their writer has paused.
import { type FSWatcher, watch } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { listImportable } from "./list-importable.ts";

export interface WatchTimes {
  /** A file that has not changed for so long is taken to be written, if it ends like one. */
  settleMs: number;
  /** And so is any other that has not changed for so long. */
  unendedMs: number;
  /** How often to look where the system does not tell of changes, as on network file systems. */
  pollMs: number;
  /** Changes that follow one another this quickly are looked at together. */
  debounceMs: number;
}

export const watchTimes: WatchTimes = { settleMs: 1_000, unendedMs: 10_000, pollMs: 2_000, debounceMs: 100 };

export interface WatchOptions {
  folder: string;
  signal: AbortSignal;
  times: WatchTimes;
  /** False when the file is to be told of again. */
  onFile: (file: string) => Promise<boolean>;
  /** Told at every look what is not imported and why, the folder itself where it cannot be read. */
  onLeftOut: (path: string, reason: string) => void;
}

interface Seen {
  /** Changes with the file's content. */
  version: string;
  changedAt: number;
  isDone: boolean;
}

/** Watches until the signal. */
export async function watchFolder(options: WatchOptions): Promise<void> {
  const { folder, signal, times, onFile } = options;
  const seen = new Map<string, Seen>();
  const bell = new Bell(folder);
  const ring = () => bell.ring();
  signal.addEventListener("abort", ring, { once: true });
  try {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      let waitMs = times.pollMs;
      for (const file of await listFiles(options)) {
        const now = await look(file, seen.get(file), isFirst);
        if (now === undefined) continue;
        seen.set(file, now);
        if (now.isDone) continue;
        const dueMs = now.changedAt + ((await hasEnd(file)) ? times.settleMs : times.unendedMs);
        const restMs = dueMs - performance.now();
        if (restMs > 0) waitMs = Math.min(waitMs, Math.max(restMs, times.settleMs / 10));
        else now.isDone = await onFile(file);
        if (signal.aborted) return;
      }
      await bell.wait(waitMs, times.debounceMs);
    }
  } finally {
    signal.removeEventListener("abort", ring);
    bell.close();
  }
}

async function listFiles({ folder, onLeftOut }: WatchOptions): Promise<string[]> {
  try {
    const { files, others } = await listImportable(folder);
    for (const { name, reason } of others) onLeftOut(join(folder, name), `left out: ${reason}`);
    return files;
  } catch (error) {
    onLeftOut(folder, `cannot be read at the moment: ${(error as Error).message}`);
    return [];
  }
}

/** Undefined for an empty file, and one that is gone. */
async function look(file: string, before: Seen | undefined, isFirst: boolean): Promise<Seen | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || found.size === 0) return undefined;
  const version = `${found.ino}:${found.size}:${found.mtimeMs}`;
  if (before?.version === version) return before;
  // What lay there before the watch began needs no waiting for.
  const ageMs = isFirst ? Math.max(0, Date.now() - found.mtimeMs) : 0;
  return { version, changedAt: performance.now() - ageMs, isDone: false };
}

/** Whether a file ends like one that is written. Gzip is taken to: reading it tells. */
async function hasEnd(file: string): Promise<boolean> {
  if (/\.gz$/i.test(file)) return true;
  const end = await readEnd(file, 4).catch(() => "");
  if (/\.parquet$/i.test(file)) return end === "PAR1";
  return end.endsWith("\n") || (/\.json$/i.test(file) && /[\]}]$/.test(end));
}

async function readEnd(file: string, length: number): Promise<string> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(length),
      0,
      length,
      Math.max(0, size - length),
    );
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Rings when something happens in the folder, where the system can tell. */
class Bell {
  readonly #watcher: FSWatcher | undefined;
  #hasRung = false;
  #wake: (() => void) | undefined;

  constructor(folder: string) {
    this.#watcher = tryWatch(folder, () => this.ring());
  }

  ring(): void {
    this.#hasRung = true;
    this.#wake?.();
  }

  /** Waits for the bell, at most so long. What rang since the last wait counts. */
  async wait(maxMs: number, debounceMs: number): Promise<void> {
    if (!this.#hasRung) await this.#sleep(maxMs);
    if (this.#hasRung) await new Promise((resolve) => setTimeout(resolve, debounceMs));
    this.#hasRung = false;
  }

  close(): void {
    this.#watcher?.close();
  }

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Systems limit how many folders may be watched: then looking now and then has to do. */
function tryWatch(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, onChange);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

// One running copy of a scoring program.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { splitLines } from "../transfer/split-lines.ts";

export interface ScorerProgram {
  /** As a shell takes it. */
  command: string;
  directory: string;
  environment: Record<string, string | undefined>;
  /** Where its standard error goes. */
  stderr: Writable;
}

export interface ScorerEvents {
  /** A line of its output; undefined for one that is longer than any answer. */
  onLine(line: Buffer | undefined): void;
  /** It has ended and all it wrote was read; not called after `kill`. */
  onEnd(end: ScorerEnd): void;
}

export interface ScorerEnd {
  code: number | null;
  signal: string | null;
  /** Why it could not be started. */
  fault?: string;
}

/** A comment of 20,000 characters, each escaped, and what stands around it. */
const MAX_ANSWER_BYTES = 1_048_576;
/** What the shell says of a command that it cannot run, or does not find. */
const NOT_STARTED = [126, 127];
/** How long a program may take to end once it has read all. */
const GRACE_MS = 2_000;

export class ScorerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #isKilled = false;

  constructor({ command, directory, environment, stderr }: ScorerProgram, events: ScorerEvents) {
    this.#child = spawn(command, {
      shell: true,
      cwd: directory,
      // Python would keep its answers back until there are 8 KB of them.
      env: { PYTHONUNBUFFERED: "1", ...environment },
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own: it can be ended with all that it started, and Ctrl+C does not reach it before this program.
      detached: process.platform !== "win32",
    });
    // It may end without having read all that was written.
    this.#child.stdin?.on("error", () => {});
    this.#child.stderr?.on("data", (chunk: Buffer) => stderr.write(chunk));
    this.#ended = this.#follow(events);
  }

  send(line: string): void {
    this.#child.stdin?.write(line);
  }

  /** Tells it that nothing more will come; it has a moment to end by itself. */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.kill(), GRACE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Tells it that nothing more will come, so that it answers what it has gathered. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Ends it, and whatever it has started, at once. */
  kill(): void {
    this.#isKilled = true;
    const { pid } = this.#child;
    try {
      if (pid !== undefined && process.platform !== "win32") process.kill(-pid, "SIGKILL");
      else this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  }

  async #follow({ onLine, onEnd }: ScorerEvents): Promise<void> {
    const ended = new Promise<ScorerEnd>((resolve) => {
      this.#child.once("error", (error) => resolve({ code: null, signal: null, fault: error.message }));
      this.#child.once("close", (code, signal) => resolve(endOf(code, signal)));
    });
    for await (const lines of splitLines(this.#child.stdout as Readable, MAX_ANSWER_BYTES))
      for (const { bytes } of lines) if (!this.#isKilled) onLine(bytes);
    const end = await ended;
    if (!this.#isKilled) onEnd(end);
  }
}

function endOf(code: number | null, signal: string | null): ScorerEnd {
  const isStarted = code === null || !NOT_STARTED.includes(code);
  return { code, signal, ...(!isStarted && { fault: `the shell ended with exit code ${code}` }) };
}

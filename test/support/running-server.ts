// The program as people run it: a process, its output and its exit.
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/tunix-rt.mjs", import.meta.url));

export interface Run {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  exited: Promise<number | null>;
}

/** Starts `tunix-rt` with these arguments and settings, none inherited. */
export function runTunix(args: string[], settings: Record<string, string>, input?: string): Run {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...settings },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk));
  child.stdin?.end(input);
  const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, stdout: () => stdout, stderr: () => stderr, exited };
}

export interface RunningServer extends Run {
  address: string;
}

/** Starts `tunix-rt serve` on a free port; resolves once it says where it serves. */
export async function startServer(settings: Record<string, string>): Promise<RunningServer> {
  const run = runTunix(["serve"], { PORT: "0", ...settings });
  const address = await waitFor(() => {
    if (run.child.exitCode !== null) throw new Error(`The server ended: ${run.stderr()}`);
    return /serves (http:\S+)/.exec(run.stdout())?.[1];
  });
  return { ...run, address };
}

/** Asks until the answer is neither undefined nor false; gives up after 90 s. */
export async function waitFor<T>(ask: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error("Waited 90 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// The process: its arguments, streams and signals.
import { setFlagsFromString } from "node:v8";
import { runProgram } from "./program.ts";

// The heap may grow to twice what is alive before V8 marks it anew, always. On its own it chooses by its workload
// between little more and four times, and as the memory of passing buffers counts, it marks while they stream by without end.
setFlagsFromString("--heap-growing-percent=100");

/** Ctrl+C reaches the whole group and npm passes it on: a second signal this soon is the same one. */
const SAME_SIGNAL_MS = 1_000;

const controller = new AbortController();
let signalledAt = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (signalledAt === 0) {
      signalledAt = Date.now();
      controller.abort();
    } else if (Date.now() - signalledAt > SAME_SIGNAL_MS) process.exit(130);
  });
}

// npx ends at a signal without passing it on; its end is then the only sign.
if (process.env.npm_command === "exec") {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && controller.abort(), 500).unref();
}

process.exitCode = await runProgram(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  directory: process.cwd(),
  exitCode: 0,
  signal: controller.signal,
});

// The program under test, run as people run it: processes of its own, settings of its own.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../bin/tunix-rt.mjs", import.meta.url));

/**
 * @param {string} dir both DATA_DIR's parent and where the process runs, away from any `.env`
 * @param {string | undefined} profileDir where to write a CPU profile when it ends
 */
function start(args, dir, dataDir, profileDir) {
  const { PATH, HOME, TMPDIR } = process.env;
  const flags = profileDir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
  const child = spawn(process.execPath, [...flags, PROGRAM, ...args], {
    cwd: dir,
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const exited = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { child, output: () => output, exited };
}

/** Runs a command to its end; returns its output. Throws unless it ends well. */
export async function runCommand(args, dir, dataDir, profileDir) {
  const run = start(args, dir, dataDir, profileDir);
  const code = await run.exited;
  if (code !== 0) throw new Error(`tunix-rt ${args[0]} ended with ${code}: ${run.output()}`);
  return run.output();
}

/** Serves on a free port; resolves when it listens. */
export async function startServer(dir, dataDir, profileDir) {
  const { child, output, exited } = start(["serve"], dir, dataDir, profileDir);
  let code;
  exited.then((value) => {
    code = value;
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    const address = /serves (http:\S+)/.exec(output())?.[1];
    if (address !== undefined) return { address, pid: child.pid, stop };
    if (code !== undefined || Date.now() > deadline) {
      child.kill();
      throw new Error(`The server did not start: ${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async function stop() {
    child.kill("SIGTERM");
    await exited;
    if (code !== 0) throw new Error(`The server ended with ${code}`);
  }
}

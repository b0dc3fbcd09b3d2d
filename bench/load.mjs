// Load from a process of its own: wrk where it is installed, else autocannon.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));

/** @returns {"wrk" | "autocannon"} */
export function findGenerator() {
  // It answers its version with status 1.
  return spawnSync("wrk", ["--version"]).error === undefined ? "wrk" : "autocannon";
}

/**
 * Sends requests for so many seconds, each connection one after the other. Throws if one is not answered well.
 * @param {{generator: string, url: string, method: "GET" | "POST", file: string, connections: number, seconds: number}} load
 *   `file`: bodies or paths, one a line, sent in turn
 * @returns {Promise<{count: number, perSecond: number, p50Ms: number, p99Ms: number}>}
 */
export async function sendLoad({ generator, url, method, file, connections, seconds }) {
  const command =
    generator === "wrk"
      ? ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "-s", at("wrk.lua"), url, "--", method, file]
      : [
          process.execPath,
          at("autocannon-load.mjs"),
          url,
          method,
          file,
          String(connections),
          String(seconds),
        ];
  const output = await outputOf(command);
  const result = JSON.parse(output.trim().split("\n").at(-1));
  if (result.refused > 0 || result.faults > 0 || result.count === 0) {
    const { count, refused, faults } = result;
    throw new Error(
      `${method} ${url}: of ${count} requests ${refused} were refused, ${faults} got no answer`,
    );
  }
  return { ...result, perSecond: result.count / result.seconds };
}

function outputOf([command, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${code}: ${output}`));
    });
  });
}

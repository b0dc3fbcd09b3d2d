// All tests, from a fresh clone on: installs what they need, a browser as well, then runs them with coverage.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installIfStale } from "../bin/build-if-stale.mjs";

installIfStale();
const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const files = args.filter((arg) => !arg.startsWith("-"));
const withBrowser = files.length === 0 || files.some((file) => file.includes("browser"));
// Of a part of the tests, coverage says nothing.
const withUiCoverage = files.length === 0 && !args.includes("--coverage.enabled=false");
if (withBrowser) {
  const { getChromium } = await import("./find-chromium.mjs");
  process.env.CHROMIUM = await getChromium();
}
if (withUiCoverage) {
  rmSync(join(root, "coverage", "ui"), { recursive: true, force: true });
  process.env.UI_COVERAGE = "1";
}
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const child = spawn(process.execPath, [vitest, "run", "--coverage", ...args], {
  cwd: root,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", async (code) => {
  process.exitCode = code ?? 1;
  if (!withUiCoverage || code !== 0) return;
  const { finishUiCoverage } = await import("./ui-coverage.mjs");
  for (const fault of await finishUiCoverage()) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  }
});

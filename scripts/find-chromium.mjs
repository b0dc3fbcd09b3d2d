// A Chromium for the browser's tests and figures: one that is installed, else Playwright's own, else Debian's package.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium that runs here, or undefined. */
export async function findChromium() {
  const { chromium } = await import("playwright-core");
  return [process.env.CHROMIUM, ...PLACES, chromium.executablePath()].find(isRunning);
}

/** The same, installed where there was none; throws where that is not possible either. */
export async function getChromium() {
  const found = await findChromium();
  if (found !== undefined) return found;
  say("no Chromium is installed; fetching Playwright's …");
  const cli = join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
  run(process.execPath, [cli, "install", "chromium"]);
  if ((await findChromium()) === undefined && process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    say("installing Debian's Chromium …");
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
  }
  const installed = await findChromium();
  if (installed === undefined)
    throw new Error(
      "The tests and figures of the web application need Chromium: install it, or name one with CHROMIUM=/path/to/chromium",
    );
  return installed;
}

/** It may be there without the libraries it needs. */
function isRunning(path) {
  return Boolean(path) && existsSync(path) && spawnSync(path, ["--version"]).status === 0;
}

function run(command, args) {
  spawnSync(command, args, {
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      DEBIAN_FRONTEND: "noninteractive",
      PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000",
    },
    timeout: 600_000,
  });
}

function say(message) {
  process.stderr.write(`tunix-rt: ${message}\n`);
}

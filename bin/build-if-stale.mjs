// Plain JavaScript without dependencies: it runs first in a fresh clone.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = [20, 19];
const root = fileURLToPath(new URL("..", import.meta.url));
const at = (...path) => join(root, ...path);

/** Installs packages and compiles the sources where that is due; does nothing in an installed package. */
export function buildIfStale() {
  requireNode();
  if (!existsSync(at("src"))) return;
  installIfStale();
  const shared = ["package.json", "package-lock.json", "tsconfig.json"];
  const sources = readdirSync(at("src")).filter((name) => name !== "ui");
  const program = [...shared, "tsconfig.build.json", ...sources.map((name) => join("src", name))];
  const application = [...shared, "vite.config.ts", join("src", "ui"), join("src", "contract")];
  buildPart("the program", program, at("dist"), ["typescript", "bin", "tsc"], ["-p", "tsconfig.build.json"]);
  const vite = ["vite", "bin", "vite.js"];
  buildPart("the web application", application, at("dist", "ui"), vite, ["build", "--logLevel", "warn"]);
}

/** Runs a compiler of node_modules where `sources` are newer than what it made last. */
function buildPart(what, sources, folder, compiler, args) {
  const stamp = join(folder, ".built");
  if (newest(sources) <= timeOf(stamp)) return;
  say(`building ${what} …`);
  // The application lies in the program's folder.
  const old = existsSync(folder) ? readdirSync(folder).filter((name) => name !== "ui") : [];
  for (const name of old) rmSync(join(folder, name), { recursive: true, force: true });
  run(process.execPath, [at("node_modules", ...compiler), ...args]);
  writeFileSync(stamp, "");
}

export function installIfStale() {
  if (newest(["package.json", "package-lock.json"]) <= timeOf(at("node_modules", ".package-lock.json")))
    return;
  say("installing packages …");
  const npm = process.env.npm_execpath;
  // Not "ci": that refuses a lock file which lacks optional packages of other platforms, as one written where
  // those cannot be fetched does. What the lock file holds is installed as it says either way.
  const args = [
    "install",
    "--no-save",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  if (npm) run(process.execPath, [npm, ...args]);
  else run("npm", args);
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  say(`Node.js ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}`);
  process.exit(1);
}

function run(command, args) {
  // What is built says so on stderr: stdout belongs to the command that is about to run.
  // Tests set NODE_ENV, and under theirs Vite would build what is meant for development.
  const env = { ...process.env, NODE_ENV: "production" };
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env });
  if (status === 0) return;
  say(error ? `${command} cannot be run: ${error.message}` : "that failed; see the lines above");
  process.exit(1);
}

function newest(paths) {
  return Math.max(...paths.map((path) => newestUnder(at(path))));
}

function newestUnder(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestUnder(join(path, name))));
}

function timeOf(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function say(message) {
  process.stderr.write(`tunix-rt: ${message}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildIfStale();

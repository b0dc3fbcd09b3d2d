// The folders' dependencies point one way.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What each folder of src may import from, besides itself. */
const allowed: Record<string, string[]> = {
  contract: [],
  trace: ["contract"],
  search: ["contract"],
  formats: ["contract", "trace"],
  rediai: ["contract"],
  figures: ["contract"],
  store: ["contract", "search", "trace", "figures"],
  transfer: ["contract", "search", "trace", "formats", "store"],
  scoring: ["contract", "trace", "store", "transfer"],
  server: ["contract", "trace", "formats", "store", "transfer", "rediai"],
  cli: [
    "contract",
    "trace",
    "formats",
    "store",
    "transfer",
    "scoring",
    "rediai",
    "server",
    "config",
    "version",
  ],
  config: ["contract"],
  version: [],
  ui: ["contract"],
};

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
);
const folderOf = (file: string) => file.split("/")[0]?.replace(/\.ts$/, "") ?? "";

test.each(sources)("%s imports only from where it may", (file) => {
  const text = readFileSync(`src/${file}`, "utf8");
  const targets = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path]) =>
    new URL(path ?? "", `file:///${file}`).pathname.slice(1),
  );
  const folders = new Set(targets.map(folderOf));
  folders.delete(folderOf(file));
  expect(allowed[folderOf(file)]).toEqual(expect.arrayContaining([...folders]));
});

const pages = sources.filter((file) => file.startsWith("ui/pages/"));

test.each(pages)("%s imports from no other page", (file) => {
  const page = file.split("/").slice(0, 3).join("/");
  const text = readFileSync(`src/${file}`, "utf8");
  for (const [, path] of text.matchAll(/from "(\.[^"]+)"/g)) {
    const target = new URL(path ?? "", `file:///${file}`).pathname.slice(1);
    if (target.startsWith("ui/pages/")) expect(target.startsWith(`${page}/`), target).toBe(true);
  }
});

test("every setting stands in the README", async () => {
  const { settings } = await import("../src/config.ts");
  const readme = readFileSync("README.md", "utf8");
  for (const name of Object.keys(settings)) expect(readme).toContain(`| \`${name}\` |`);
});

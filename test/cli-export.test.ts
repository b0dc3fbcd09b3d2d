import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { runTunix } from "./support/running-server.ts";
import { trace10, trace11 } from "./support/traces.ts";

let directory: string;
const settings = () => ({ DATA_DIR: join(directory, "store") });
const sent = [trace10(), trace11(), trace10({ prompt: "é".repeat(30_000) })].map((trace) =>
  JSON.stringify(trace),
);

async function tunix(args: string[], input?: string) {
  const run = runTunix(args, settings(), input);
  const code = await run.exited;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tunix-rt-export-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("without a store says so, and makes neither store nor file", async () => {
  const output = join(directory, "none.jsonl");
  const { code, stderr } = await tunix(["export", "--output", output]);
  expect([code, stderr]).toEqual([exitCodes.notFound, expect.stringContaining("There is no store")]);
  expect(await readdir(directory)).toEqual([]);
});

test("writes what was imported to standard output, by the filters", async () => {
  expect((await tunix(["import", "-"], sent.join("\n"))).code).toBe(0);
  const { code, stdout, stderr } = await tunix(["export"]);
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.split("\n");
  expect(lines).toHaveLength(sent.length + 1);
  for (const trace of sent) expect(lines.some((line) => line.endsWith(trace.slice(1)))).toBe(true);
  const selected = await tunix(["export", "--version", "1.1", "--created-from", "2020-01-01"]);
  expect(selected.stdout).toContain(sent[1]?.slice(1));
  expect(selected.stdout.split("\n")).toHaveLength(2);
  expect((await tunix(["export", "--created-before", "2020-01-01"])).stdout).toBe("");
});

test("writes a file, gzipped by its name or when asked, and nothing beside it", async () => {
  const { stdout } = await tunix(["export"]);
  const files = { "plain.jsonl": [], "named.jsonl.gz": [], "asked.jsonl": ["--gzip"] };
  for (const [name, flags] of Object.entries(files)) {
    const { code } = await tunix(["export", "--output", join(directory, name), ...flags]);
    expect(code).toBe(0);
  }
  expect((await readdir(directory)).sort()).toEqual([
    "asked.jsonl",
    "named.jsonl.gz",
    "plain.jsonl",
    "store",
  ]);
  expect(await readFile(join(directory, "plain.jsonl"), "utf8")).toBe(stdout);
  for (const name of ["named.jsonl.gz", "asked.jsonl"])
    expect(gunzipSync(await readFile(join(directory, name))).toString()).toBe(stdout);
});

test("replaces the file that a link points to, and keeps the link", async () => {
  const [file, link] = [join(directory, "target.jsonl"), join(directory, "link.jsonl")];
  await writeFile(file, "old");
  await symlink(file, link);
  expect((await tunix(["export", "--output", link])).code).toBe(0);
  expect(await readFile(file, "utf8")).toContain("trace_version");
  expect((await tunix(["export", "--output", "/dev/null"])).code).toBe(0);
  expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
});

test("says that it cannot write where it may not", async () => {
  const { code, stderr } = await tunix(["export", "--output", join(directory, "missing", "out.jsonl")]);
  expect([code, stderr]).toEqual([exitCodes.notFound, expect.stringMatching(/out\.jsonl cannot be written/)]);
});

test.each([
  [["list", "--json"]],
  [["stats"]],
  [["facets", "--field", "source"]],
  [["--help"]],
  [["export"]],
  [["export", "--gzip"]],
  [["export", "--output", "/dev/full"]],
])("%j says that the disk is full", async (args) => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, ["bin/tunix-rt.mjs", ...args], {
    env: { PATH: process.env.PATH, ...settings() },
    stdio: ["ignore", full, "pipe"],
  });
  closeSync(full);
  const [stderr, [code]] = await Promise.all([text(child.stderr as Readable), once(child, "close")]);
  expect([code, stderr]).toEqual([
    exitCodes.unavailable,
    expect.stringMatching(/^tunix-rt: (Standard output|\/dev\/full) cannot be written: ENOSPC.*\n$/),
  ]);
});

test("refuses a folder as its output", async () => {
  const { code, stderr } = await tunix(["export", "--output", directory]);
  expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining("cannot be written: EISDIR")]);
});

test("ends without a complaint when its reader has had enough, and leaves no server behind", async () => {
  const many = Array.from({ length: 60 }, () => JSON.stringify(trace10({ prompt: "é".repeat(30_000) })));
  await tunix(["import", "-"], many.join("\n"));
  const run = runTunix(["export"], settings());
  run.child.stdout?.once("data", () => run.child.stdout?.destroy());
  expect(await run.exited).toBe(0);
  expect(run.stderr()).toBe("");
  await expect(stat(join(directory, "store", "postgres", "postmaster.pid"))).rejects.toThrow("ENOENT");
});

test.each([
  [["--version", "2"], /--version: Must be one of 1.0, 1.1/],
  [["--created-from", "noon"], /ISO 8601/],
  [["file.jsonl"], /too many arguments/],
])("refuses %j", async (args, message) => {
  const { code, stderr } = await tunix(["export", ...args]);
  expect(code).toBe(exitCodes.usage);
  expect(stderr).toMatch(message);
});

// The commands that find: filters as options, what they count, what they delete.
import { tmpdir } from "node:os";
import { PassThrough, Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import type { CommandContext } from "../src/cli/context.ts";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { runProgram } from "../src/cli/program.ts";
import type { TracePage } from "../src/contract/pages.ts";
import type { Facets, TraceStats } from "../src/contract/stats.ts";
import { useDatabase } from "./support/database.ts";
import { trace10, trace11 } from "./support/traces.ts";

const database = useDatabase();

/** Runs a command on the database of these tests. */
async function tunix(args: string[], input = "") {
  const output = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof output) =>
    new PassThrough().on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
  const { connectionString, host, port, user, password, database: name } = database.connection;
  const DATABASE_URL =
    connectionString ??
    `postgres://${user}:${encodeURIComponent(String(password ?? ""))}@${encodeURIComponent(String(host))}:${port ?? 5432}/${name}`;
  const context: CommandContext = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: { DATABASE_URL },
    directory: tmpdir(),
    exitCode: 0,
    signal: new AbortController().signal,
  };
  const code = await runProgram(args, context);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...output };
}

const ids = [1, 2, 3, 4].map((n) => `0a1b2c3d-0000-4000-8000-00000000000${n}`);

beforeAll(async () => {
  const traces = [
    trace10({ id: ids[0], meta: { source: "s", tags: ["a"], level: 5 } }),
    trace10({ id: ids[1], meta: { source: "s", tags: ["a", "b"], level: "5" } }),
    trace11({ id: ids[2] }),
    trace11({ id: ids[3], scores: [{ name: "reward", value: 1 }], meta: { "a=b": 1, text: "\u001b[2J" } }),
  ];
  const lines = traces.map((trace) => JSON.stringify(trace)).join("\n");
  expect((await tunix(["import", "-"], lines)).code).toBe(0);
});

describe("the same filters as in the API", () => {
  test.each([
    [
      ["--source", "s"],
      [0, 1],
    ],
    [["--tag", "a", "--tag", "b"], [1]],
    [
      ["--not-source", "s", "--min-steps", "3"],
      [2, 3],
    ],
    [["--score", "reward=1"], [3]],
    [["--max-score", "reward=0.5"], [2]],
    [
      ["--score-status", "reward=ok", "--finish-reason", "length"],
      [2, 3],
    ],
    [
      ["--meta", "level=5"],
      [0, 1],
    ],
    [["--meta", 'level="5"'], [1]],
    [["--has", "a=b"], [3]],
    [["--filter", "meta.level=5", "--filter", "not_tag=b"], [0]],
    [["--filter", "source=s", "--max-chars", "0"], []],
    [
      ["--id", ids[0] ?? "", "--id", ids[3] ?? ""],
      [0, 3],
    ],
  ])("%j", async (options, expected) => {
    const { code, stdout, stderr } = await tunix(["list", "--json", ...options]);
    expect([code, stderr]).toEqual([0, ""]);
    const found = (JSON.parse(stdout) as TracePage).data.map(({ id }) => ids.indexOf(id));
    expect(found.toSorted()).toEqual(expected);
    const lines = (await tunix(["export", ...options])).stdout.split("\n").slice(0, -1);
    expect(lines).toHaveLength(expected.length);
  });

  test.each([
    [["--min-steps", "many"], /--min-steps: .*integer/],
    [["--min-score", "reward"], /name=value/],
    [["--min-score", "reward=high"], /--min-score reward: .*number/],
    [["--finish-reason", "tired"], /--finish-reason: Must be one of stop/],
    [["--source", "a", "--source", "b"], /--source: .*string/],
    [["--filter", "mood=good"], /mood: .*not a known member/],
    [["--filter", "=good"], /name=value/],
    [["--id", "7"], /--id 0: Must be a UUID/],
    [["--sort", "random"], /Allowed choices/],
  ])("%j is a usage error", async (options, message) => {
    const { code, stderr } = await tunix(["list", ...options]);
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toMatch(message);
  });
});

test("list sorts", async () => {
  const { stdout } = await tunix(["list", "--json", "--sort", "reward_high", "--limit", "2"]);
  expect((JSON.parse(stdout) as TracePage).data.map(({ reward }) => reward)).toEqual([1, 0.5]);
});

test("stats counts, for people and as JSON", async () => {
  const { stdout } = await tunix(["stats", "--source", "s"]);
  expect(stdout).toMatch(/^2 traces\n/);
  expect(stdout).toMatch(/by tag\n {10}2 {2}a\n {10}1 {2}b\n/);
  const stats = JSON.parse((await tunix(["stats", "--json"])).stdout) as TraceStats;
  expect(stats).toMatchObject({ traces: 4, approximate: false });
  expect(stats.histograms.steps).toEqual([{ from: 2, below: 4, count: 4 }]);
});

test("facets lists values, for people and as JSON", async () => {
  expect((await tunix(["facets", "--field", "tag"])).stdout).toBe("2\ta\n1\tb\n");
  const { stdout } = await tunix(["facets", "--field", "meta", "--prefix", "le", "--json"]);
  expect((JSON.parse(stdout) as Facets).data).toEqual([{ value: "level", count: 2 }]);
  expect((await tunix(["facets"])).code).toBe(exitCodes.usage);
});

test("delete takes an id or filters, not both and not neither, and can only count", async () => {
  for (const args of [[], [ids[0] ?? "", "--source", "s"], ["--dry-run"]])
    expect((await tunix(["delete", ...args])).code).toBe(exitCodes.usage);
  expect((await tunix(["delete", "--source", "s", "--dry-run"])).stdout).toBe("Would delete 2 traces\n");
  expect((await tunix(["delete", "--source", "s"])).stdout).toBe("Deleted 2 traces\n");
  expect((await tunix(["stats"])).stdout).toMatch(/^2 traces\n/);
});

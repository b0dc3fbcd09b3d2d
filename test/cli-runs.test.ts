import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { Curve } from "../src/contract/curve.ts";
import { GroupPage } from "../src/contract/groups.ts";
import { RunComparison } from "../src/contract/run-comparison.ts";
import { RunPage } from "../src/contract/runs.ts";
import { compileCheck } from "../src/contract/validate.ts";
import { rollout, toTrace } from "./support/rollouts.ts";
import { runTunix } from "./support/running-server.ts";

let directory: string;

async function tunix(args: string[], input?: string) {
  const run = runTunix(args, { DATA_DIR: join(directory, "store") }, input);
  const code = await run.exited;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

const demo = (run: string, reward: number) => [
  ...[1, 2].flatMap((step) => [
    rollout({ run, step, prompt: "sum", reward, tokens: 10, answer: "4" }),
    rollout({ run, step, prompt: "sum", reward: 0, tokens: 30, answer: "5" }),
  ]),
  rollout({ run, step: 2, prompt: "a\u001b[31mred", reward: null, finish: "length" }),
];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tunix-rt-runs-"));
  const lines = [...demo("demo 1", 1), ...demo("demo 2", 0)].map((one) => JSON.stringify(toTrace(one)));
  expect((await tunix(["import", "-"], lines.join("\n"))).code).toBe(0);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("runs lists runs as a table or as JSON", async () => {
  const { code, stdout } = await tunix(["runs"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run +traces +splits/);
  expect(stdout).toMatch(/^demo 2 +5 +train +2 +1 +2 +\S+Z +shown$/m);
  const page = JSON.parse((await tunix(["runs", "--json", "--limit", "1"])).stdout);
  expect(compileCheck(RunPage)(page)).toEqual([]);
  expect(page.data).toHaveLength(1);
  expect((await tunix(["runs", "--limit", "1"])).stderr).toMatch(/More with --cursor/);
});

test("curve shows a line for each step, and a column for each k", async () => {
  const { stdout } = await tunix(["curve", "demo 1", "--k", "1,2"]);
  expect(stdout).toMatch(/^split .* pass@1 +pass@2 +no signal/);
  expect(stdout).toMatch(/^train +1 +1 +2 +0 +0\.500 +- +0\.500 +1\.000 +0 % +20 +29 +- +-20$/m);
  const curve = JSON.parse((await tunix(["curve", "demo 1", "--json"])).stdout);
  expect(compileCheck(Curve)(curve)).toEqual([]);
});

test("groups shows the groups of a step; what a prompt holds does not steer the terminal", async () => {
  const { stdout } = await tunix(["groups", "demo 1", "--train-step", "2", "--sort", "group"]);
  expect(stdout).toMatch(/^step 2, 2 groups\n/);
  expect(stdout).toMatch(/^sum +train +1 of 2 .* right +Prompt sum$|^sum +train +1 of 2/m);
  expect(stdout).not.toContain("\u001b");
  const page = JSON.parse((await tunix(["groups", "demo 1", "--json"])).stdout);
  expect(compileCheck(GroupPage)(page)).toEqual([]);
});

test("runs compare says who won", async () => {
  const { stdout } = await tunix(["runs", "compare", "demo 1", "demo 2"]);
  expect(stdout).toMatch(/difference -0\.500/);
  expect(stdout).toMatch(/other won 0, lost 1, tied 0/);
  const found = JSON.parse((await tunix(["runs", "compare", "demo 1", "demo 2", "--json"])).stdout);
  expect(compileCheck(RunComparison)(found)).toEqual([]);
});

test("runs are described, renamed, hidden, shown and deleted", async () => {
  expect((await tunix(["runs", "config", "demo 2", '{"lr":1e-6,"seed":7}'])).code).toBe(0);
  const described = await tunix(["runs", "config", "demo 2", "-"], '{"seed":null}');
  expect(JSON.parse(described.stdout).config).toEqual({ lr: 1e-6 });
  expect((await tunix(["runs", "rename", "demo 2", "demo 1"])).code).toBe(exitCodes.rejected);
  expect((await tunix(["runs", "rename", "demo 2", "demo/3"])).code).toBe(0);
  expect(JSON.parse((await tunix(["runs", "hide", "demo/3"])).stdout)).toMatchObject({ hidden: true });
  expect((await tunix(["runs"])).stdout).not.toContain("demo/3");
  expect((await tunix(["curve", "demo/3"])).stderr).toMatch(/hidden/);
  expect((await tunix(["runs", "unhide", "demo/3"])).code).toBe(0);
  const deleted = await tunix(["runs", "delete", "demo/3"]);
  expect([deleted.code, deleted.stdout]).toEqual([0, "Deleted demo/3\n"]);
  expect((await tunix(["runs", "show", "demo/3"])).code).toBe(exitCodes.notFound);
  expect((await tunix(["list"])).stdout.trim().split("\n")).toHaveLength(5);
  // Each of its commands starts the database.
}, 180_000);

test.each([
  [["curve", "demo 1", "--k", "none"], /k: Must be/],
  [["curve", "demo 1", "--threshold", "high"], /--threshold/],
  [["groups", "demo 1", "--sort", "best"], /--sort: Must be one of/],
  [["groups", "demo 1", "--train-step", "-1"], /--train-step/],
  [["runs", "compare", "demo 1"], /missing required argument/],
  [["runs", "rename", "demo 1", ""], /name:/],
  [["runs", "rename", "demo 1", ".."], /name: Must not be/],
  [["import", "-", "--run", "."], /Must not be "\."/],
  [["runs", "config", "demo 1", "[]"], /config:/],
  [["runs", "nonsense"], /too many arguments|unknown command/],
])("refuses %j", async (args, message) => {
  const { code, stderr } = await tunix(args);
  expect([code, stderr]).toEqual([exitCodes.usage, expect.stringMatching(message)]);
});

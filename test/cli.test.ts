import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandContext } from "../src/cli/context.ts";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { runProgram } from "../src/cli/program.ts";
import type { TracePage } from "../src/contract/pages.ts";
import { trace10, trace11 } from "./support/traces.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tunix-rt-cli-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const store = () => join(directory, "store");

/** Runs a command on the embedded store of these tests. */
async function tunix(args: string[], options: { input?: Buffer; environment?: Record<string, string> } = {}) {
  const output = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof output) =>
    new PassThrough().on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
  const context: CommandContext = {
    stdin: Readable.from(options.input === undefined ? [] : [options.input]),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: { DATA_DIR: store(), ...options.environment },
    directory,
    exitCode: 0,
    signal: new AbortController().signal,
  };
  const code = await runProgram(args, context);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...output };
}

const gsm8k = ["3 + 4", "5 * 6", "9 - 1"]
  .map((sum, i) =>
    JSON.stringify({ question: `What is ${sum}?`, answer: `It is <<${sum}=${i}>>${i}.\n#### ${i}` }),
  )
  .join("\n");

describe("before there is a store", () => {
  test.each([
    ["list"],
    ["get", "00000000-0000-4000-8000-000000000000"],
    ["delete", "00000000-0000-4000-8000-000000000000"],
    ["migrate", "status"],
    ["migrate", "down"],
  ])("%s says so and makes none", async (...args) => {
    const { code, stderr } = await tunix(args);
    expect(code).toBe(exitCodes.notFound);
    expect(stderr).toMatch(/^tunix-rt: There is no store in .+ yet: .+\n$/);
  });
});

describe("compare", () => {
  test("shows what differs word by word, or everything as JSON", async () => {
    const [base, other] = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"];
    const steps = (answer: string) => [
      { i: 0, type: "parse", content: "Parse the\u001b[31m task" },
      { i: 1, type: "compute", content: `27 × 19 = ${answer}, which is the product` },
    ];
    const traces = [
      trace10({ id: base, steps: steps("513") }),
      trace10({ id: other, steps: steps("523"), final_answer: "523" }),
    ];
    await tunix(["import", "-"], {
      input: Buffer.from(traces.map((trace) => JSON.stringify(trace)).join("\n")),
    });
    const { code, stdout } = await tunix(["compare", base, other]);
    expect(code).toBe(exitCodes.ok);
    expect(stdout.split("\n")).toEqual([
      "= prompt: What is 27 × 19?",
      "= 0 parse: Parse the·[31m task",
      "~ 1 compute: 27 × 19 = [-513-]{+523+}, which is the product",
      "~ answer: [-513-]{+523+}",
      "",
    ]);
    const { stdout: json } = await tunix(["compare", base, other, "--json"]);
    expect(JSON.parse(json)).toMatchObject({ base: { id: base }, other: { id: other }, is_coarse: false });
    const missing = await tunix(["compare", base, "00000000-0000-4000-8000-00000000000c"]);
    expect([missing.code, missing.stderr]).toEqual([
      exitCodes.notFound,
      "tunix-rt: There is no trace with the id 00000000-0000-4000-8000-00000000000c\n",
    ]);
    await tunix(["delete", base]);
    await tunix(["delete", other]);
  });
});

describe("import", () => {
  test("stores a GSM8K file under a run, and nothing the second time", async () => {
    const file = join(directory, "gsm8k.jsonl");
    await writeFile(file, gsm8k);
    const first = await tunix(["import", file, "--run", "seed", "--split", "train", "--train-step", "7"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("3 records (gsm8k), 3 stored, 0 there already, 0 rejected");
    const again = await tunix(["import", file, "--run", "seed", "--split", "train", "--train-step", "7"]);
    expect(again.stdout).toContain("0 stored, 3 there already");
    const page = JSON.parse((await tunix(["list", "--json"])).stdout) as TracePage;
    expect(page.data).toHaveLength(3);
    expect(page.data[0]).toMatchObject({ run: "seed", split: "train", train_step: 7, source: "gsm8k" });
  });

  test("keeps equal samples of one file apart", async () => {
    const line = `${gsm8k.split("\n")[0]}\n`;
    const report = JSON.parse(
      (await tunix(["import", "-", "--json"], { input: Buffer.from(line.repeat(16)) })).stdout,
    );
    expect(report).toMatchObject({ records: 16, inserted: 16, duplicates: 0 });
    const again = JSON.parse(
      (await tunix(["import", "-", "--json"], { input: Buffer.from(line.repeat(16)) })).stdout,
    );
    expect(again).toMatchObject({ records: 16, inserted: 0, duplicates: 16 });
  });

  test("reads gzip from standard input, and reports bad records by line", async () => {
    const id = "0a1b2c3d-0000-4000-8000-0000000000aa";
    const lines = [trace10({ id }), "{broken", trace11({ id }), "", trace10({ steps: [] }), trace11()];
    const input = gzipSync(
      lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\r\n"),
    );
    const { code, stdout, stderr } = await tunix(["import", "-", "--json"], { input });
    expect(code).toBe(exitCodes.rejected);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ format: "native", records: 5, inserted: 2, rejected: 3 });
    expect(report.errors.map((error: { line: number; code: string }) => [error.line, error.code])).toEqual(
      expect.arrayContaining([
        [2, "malformed_json"],
        [3, "id_taken"],
        [5, "invalid_trace"],
      ]),
    );
    expect(stderr).toBe("");
  });

  test("tells people of bad records on stderr", async () => {
    const { code, stdout, stderr } = await tunix(["import", "-"], {
      input: Buffer.from(`${JSON.stringify(trace10())}\n[]\n`),
    });
    expect(code).toBe(exitCodes.rejected);
    expect(stdout).toContain("1 rejected");
    expect(stderr).toMatch(/^-:2: .+ \(invalid_trace\)\n$/);
  });

  test.each([
    ["a missing file", ["import", "missing.jsonl"], exitCodes.notFound, /missing\.jsonl cannot be read/],
    ["a folder without files", ["import", "src"], exitCodes.notFound, /has no file to import/],
    ["a bad flag", ["import", "-", "--train-step", "x"], exitCodes.usage, /whole number/],
  ])("refuses %s", async (_name, args, expected, message) => {
    const { code, stderr } = await tunix(args);
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
  });

  test("refuses an unknown format and damaged gzip", async () => {
    const unknown = await tunix(["import", "-"], { input: Buffer.from('{"a":1}\n') });
    expect([unknown.code, unknown.stderr]).toEqual([
      exitCodes.rejected,
      expect.stringContaining("of no format known here"),
    ]);
    const damaged = await tunix(["import", "-"], { input: gzipSync(gsm8k).subarray(0, 40) });
    expect([damaged.code, damaged.stderr]).toEqual([exitCodes.rejected, expect.stringContaining("gzip")]);
  });

  test("takes an empty file for what it is", async () => {
    expect((await tunix(["import", "-"])).stdout).toContain("0 records (empty), 0 stored");
  });
});

describe("get, list and delete", () => {
  test("read back what was sent, page, and delete", async () => {
    const id = "0a1b2c3d-0000-4000-8000-0000000000bb";
    const sent = JSON.stringify(trace11({ id }));
    await tunix(["import", "-"], { input: Buffer.from(sent) });
    expect((await tunix(["get", id, "--tokens"])).stdout).toBe(`${sent}\n`);
    expect(JSON.parse((await tunix(["get", id])).stdout)).not.toHaveProperty("tokens");
    const page = await tunix(["list", "--limit", "1", "--version", "1.1"]);
    expect(page.stdout).toContain(id);
    const cursor = /--cursor (\S+)/.exec(page.stderr)?.[1] ?? "";
    expect((await tunix(["list", "--version", "1.1", "--cursor", cursor])).stdout).not.toContain(id);
    expect(await tunix(["delete", id])).toMatchObject({ code: 0, stdout: `Deleted ${id}\n` });
    for (const command of ["get", "delete"])
      expect((await tunix([command, id])).code).toBe(exitCodes.notFound);
  });

  test.each([
    [["get", "xyz"], /UUID/],
    [["list", "--limit", "0"], /1 to 100/],
    [["list", "--created-from", "noon"], /ISO 8601/],
    [["list", "--cursor", "abc"], /cursor/],
    [["frobnicate"], /unknown command/],
    [["list", "--frob"], /unknown option/],
  ])("%j is a usage error", async (args, message) => {
    const { code, stderr } = await tunix(args);
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toMatch(message);
  });
});

describe("migrate", () => {
  test("tells the state, takes back and applies again", async () => {
    const status = await tunix(["migrate", "status"]);
    expect(status.stdout).toMatch(/^applied {2}\d{14}_/m);
    expect((await tunix(["migrate", "up"])).stdout).toContain("up to date");
    expect((await tunix(["migrate", "down", "--count", "1000"])).stdout).toContain("Took back");
    const list = await tunix(["list"]);
    expect([list.code, list.stderr]).toEqual([
      exitCodes.unavailable,
      expect.stringContaining("tunix-rt migrate up"),
    ]);
    expect((await tunix(["migrate", "status"])).stdout).toMatch(/^pending/m);
    expect((await tunix(["migrate", "down"])).stdout).toContain("nothing to take back");
    expect((await tunix(["migrate", "up"])).stdout).toContain("Applied");
    expect((await tunix(["migrate", "down", "--count", "0"])).code).toBe(exitCodes.usage);
  });
});

describe("help and settings", () => {
  test.each([
    ["--help"],
    ["serve", "--help"],
    ["import", "--help"],
    ["get", "--help"],
    ["list", "--help"],
    ["delete", "--help"],
    ["migrate", "--help"],
  ])("%s %s shows an example", async (...args) => {
    const { code, stdout } = await tunix(args.filter(Boolean));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples?:\n {2}\$ /);
  });

  test("bad settings end the program with a line for each", async () => {
    const environment = { PORT: "x", DATABASE_URL: "mysql://u:pw@h/d" };
    const { code, stderr } = await tunix(["list"], { environment });
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toMatch(/PORT is "x"; allowed: .*\nDATABASE_URL has a value that is not allowed/);
    expect(stderr).not.toContain("pw");
  });

  test("a database that cannot be reached is said in one sentence", async () => {
    const { code, stderr } = await tunix(["list"], {
      environment: { DATABASE_URL: "postgres://u:pw@127.0.0.1:1/d" },
    });
    expect(code).toBe(exitCodes.unavailable);
    expect(stderr).toMatch(/^tunix-rt: The database cannot be reached[^\n]*\n$/);
  });
});

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandContext } from "../src/cli/context.ts";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { runProgram } from "../src/cli/program.ts";
import type { ImportReport } from "../src/contract/imports.ts";
import type { TracePage } from "../src/contract/pages.ts";
import { formats } from "../src/formats/formats.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tunix-rt-import-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Setting {
  stdin?: Readable;
  signal?: AbortSignal;
  isTerminal?: boolean;
  dataDir?: string;
}

/** Runs a command on the embedded store of these tests. */
async function tunix(args: string[], { stdin, signal, isTerminal = false, dataDir = "store" }: Setting = {}) {
  const output = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof output) =>
    new PassThrough().on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
  const context: CommandContext = {
    stdin: stdin ?? Readable.from([]),
    stdout: stream("stdout"),
    stderr: Object.assign(stream("stderr"), { isTTY: isTerminal, columns: 200 }),
    environment: { DATA_DIR: join(root, dataDir) },
    directory: root,
    exitCode: 0,
    signal: signal ?? new AbortController().signal,
  };
  const code = await runProgram(args, context);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...output };
}

const sample = (n: number) => JSON.stringify({ question: `What is ${n} + 1?`, answer: `#### ${n + 1}` });
const samples = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `${sample(from + i)}\n`).join("");

async function makeFolder(name: string, files: Record<string, string | Buffer>): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
  return folder;
}

const reports = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ImportReport & { file: string });

describe("import of a folder", () => {
  test("stores its files under the folder's name, step by step, and leaves out what is no trace", async () => {
    const folder = await makeFolder("qwen3-dapo", {
      "step_10.jsonl": samples(100, 2),
      "step_2.jsonl.gz": gzipSync(samples(20, 3)),
      "trainer_state.json": JSON.stringify({ epoch: 1, best_metric: null }, null, 2),
      "config.json": '{"lr": 1}\n',
      "notes.txt": "nothing\n",
    });
    await mkdir(join(folder, "checkpoints"));
    const { code, stdout, stderr } = await tunix(["import", folder]);
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      `${folder}/step_2.jsonl.gz: 3 records (gsm8k), 3 stored, 0 there already, 0 rejected`,
      `${folder}/step_10.jsonl: 2 records (gsm8k), 2 stored, 0 there already, 0 rejected`,
      "",
    ]);
    for (const name of ["checkpoints/", "notes.txt", "config.json", "trainer_state.json"])
      expect(stderr).toContain(`${join(folder, name)}: left out: `);
    const page = JSON.parse((await tunix(["list", "--json"])).stdout) as TracePage;
    expect(page.data.map(({ run }) => run)).toEqual(Array(5).fill("qwen3-dapo"));
    expect(page.data.map((item) => item.train_step).sort()).toEqual([10, 10, 2, 2, 2]);
  });

  test("takes run and step from the command line where they are given", async () => {
    const folder = await makeFolder("named", { "step_3.jsonl": samples(300, 1) });
    await tunix(["import", folder, "--run", "other", "--train-step", "9"]);
    const page = JSON.parse((await tunix(["list", "--json", "--limit", "1"])).stdout) as TracePage;
    expect(page.data[0]).toMatchObject({ run: "other", train_step: 9 });
  });

  test("goes on after a file that is damaged, and says so with its exit code", async () => {
    const folder = await makeFolder("damaged", {
      "step_1.jsonl.gz": gzipSync(samples(400, 3)).subarray(0, 60),
      "step_2.jsonl": samples(410, 1),
    });
    const { code, stdout, stderr } = await tunix(["import", folder, "--json"]);
    expect(code).toBe(exitCodes.rejected);
    expect(reports(stdout)).toMatchObject([{ file: join(folder, "step_2.jsonl"), inserted: 1 }]);
    expect(stderr).toMatch(/step_1\.jsonl\.gz: The gzip data .*may still be being written \(bad_gzip\)/);
  });

  test.each(["skip", "abort"])(
    "goes on after a file with nothing but a bad record, under %s",
    async (how) => {
      const folder = await makeFolder(`bad-${how}`, {
        "step_1.jsonl": "{bad\n",
        "step_2.jsonl": samples(how === "skip" ? 420 : 421, 1),
      });
      const { code, stdout, stderr } = await tunix(["import", folder, "--on-error", how, "--json"]);
      expect(code).toBe(exitCodes.rejected);
      expect(reports(stdout)).toMatchObject([{ file: join(folder, "step_2.jsonl"), inserted: 1 }]);
      expect(stderr).toMatch(/step_1\.jsonl: .*record 1/);
    },
  );

  test("is no success when all of it was left out, nor with a format that there is not", async () => {
    const folder = await makeFolder("settings", { "config.json": '{"lr": 1}\n' });
    const { code, stderr } = await tunix(["import", folder]);
    expect(code).toBe(exitCodes.rejected);
    expect(stderr).toContain("config.json: left out: ");
    const unknown = await tunix(["import", folder, "--format", "typo"]);
    expect(unknown.code).toBe(exitCodes.usage);
    expect(unknown.stderr).toContain("auto, native, prm800k");
  });

  test("says that there is nothing to import", async () => {
    const folder = await makeFolder("empty", { "notes.txt": "nothing\n" });
    const { code, stderr } = await tunix(["import", folder]);
    expect(code).toBe(exitCodes.notFound);
    expect(stderr).toMatch(/has no file to import \(\.jsonl, .* plain or \.gz\)/);
  });
});

describe("import of several files", () => {
  test("names each that cannot be read, stores the others, and is no success", async () => {
    const folder = await makeFolder("several", {
      "a.jsonl": samples(430, 1),
      "cut.parquet": "PAR1 and no more",
      "unknown.jsonl": '{"zz":1}\n',
      "twice.csv": "q,q\n1,2\n",
      "z.jsonl": samples(440, 2),
    });
    const files = ["a.jsonl", "cut.parquet", "unknown.jsonl", "twice.csv", "z.jsonl"];
    const { code, stdout, stderr } = await tunix([
      "import",
      ...files.map((name) => join(folder, name)),
      "--json",
    ]);
    expect(code).toBe(exitCodes.rejected);
    expect(reports(stdout)).toMatchObject([{ inserted: 1 }, { inserted: 2 }]);
    for (const name of ["cut.parquet", "unknown.jsonl", "twice.csv"]) expect(stderr).toContain(`${name}: `);
  });

  test("stores the others when one is not there, and is no success", async () => {
    const folder = await makeFolder("gone", { "a.jsonl": samples(445, 2) });
    const paths = [join(folder, "gone.jsonl"), join(folder, "a.jsonl")];
    const { code, stdout, stderr } = await tunix(["import", ...paths]);
    expect(code).toBe(exitCodes.rejected);
    expect(stdout).toContain("2 stored");
    expect(stderr).toMatch(/gone\.jsonl cannot be read: .*\(file_unreadable\)\n$/);
    expect((await tunix(["import", join(folder, "x"), join(folder, "y")])).code).toBe(exitCodes.rejected);
  });

  test("is no success when one is left out", async () => {
    const folder = await makeFolder("two", { "a.jsonl": samples(450, 1), "unknown.json": '{"zz":1}\n' });
    const { code } = await tunix(["import", join(folder, "a.jsonl"), join(folder, "unknown.json")]);
    expect(code).toBe(exitCodes.rejected);
  });

  test("under abort, says which one has the bad record", async () => {
    const folder = await makeFolder("aborting", {
      "a.jsonl": samples(460, 1),
      "bad.jsonl": `${samples(470, 1)}{bad\n`,
      "z.jsonl": samples(480, 1),
    });
    const files = ["a.jsonl", "bad.jsonl", "z.jsonl"].map((name) => join(folder, name));
    const { code, stdout, stderr } = await tunix(["import", ...files, "--on-error", "abort", "--json"]);
    expect(code).toBe(exitCodes.rejected);
    expect(reports(stdout).map(({ inserted }) => inserted)).toEqual([1, 1]);
    expect(stderr).toContain(`${files[1]}: Nothing was stored: record 2 is bad: `);
  });
});

describe("import of a file that is still being written", () => {
  test.each([
    ["lines", samples(500, 3), '{"question":"What is 9', 4],
    [
      "lines cut within a character",
      samples(510, 2),
      Buffer.from('{"question":"Wie groß').subarray(0, -2),
      3,
    ],
    ["an array", `[${sample(520)},\n${sample(521)},`, ' {"question": "Wh', 3],
  ])("stores what is complete of %s and says what the rest may be", async (name, complete, rest, line) => {
    const file = join(root, `${name}.jsonl`);
    await writeFile(file, Buffer.concat([Buffer.from(complete), Buffer.from(rest)]));
    const { code, stdout } = await tunix(["import", file, "--json"]);
    expect(code).toBe(exitCodes.rejected);
    const [report] = reports(stdout);
    expect(report).toMatchObject({ records: line, inserted: line - 1, rejected: 1 });
    expect(report?.errors).toEqual([
      {
        line,
        code: "malformed_json",
        message: expect.stringMatching(/the file may still be being written$/),
      },
    ]);
  });

  test("stores the items of an array that has no end yet, and says so", async () => {
    const file = join(root, "unclosed.json");
    await writeFile(file, `[${sample(525)},\n${sample(526)}`);
    const { code, stdout, stderr } = await tunix(["import", file]);
    expect(code).toBe(exitCodes.rejected);
    expect(stdout).toContain("3 records (gsm8k), 2 stored, 0 there already, 1 rejected");
    expect(stderr).toContain(
      ":3: The array is not closed: the file may be cut off, or still be being written",
    );
  });

  test("says nothing of the kind about a bad line in its midst", async () => {
    const file = join(root, "midst.jsonl");
    await writeFile(file, `${sample(530)}\n{broken\n${sample(531)}`);
    const { stdout } = await tunix(["import", file, "--json"]);
    expect(reports(stdout)).toMatchObject([{ records: 3, inserted: 2, rejected: 1 }]);
    expect(stdout).not.toContain("being written");
  });

  test("the grown file adds only what is new", async () => {
    const file = join(root, "growing.jsonl");
    await writeFile(file, `${samples(540, 2)}{"question":`);
    await tunix(["import", file, "--run", "growing"]);
    await writeFile(file, samples(540, 5));
    const { stdout } = await tunix(["import", file, "--run", "growing"]);
    expect(stdout).toContain("5 records (gsm8k), 3 stored, 2 there already, 0 rejected");
  });
});

describe("progress", () => {
  /** A file that is long enough in coming for the line to be drawn. */
  const slowly = () =>
    Readable.from(
      (async function* () {
        yield Buffer.from(samples(600, 2));
        await new Promise((resolve) => setTimeout(resolve, 700));
        yield Buffer.from(samples(602, 2));
      })(),
    );

  test("is shown on a terminal, and gone at the end", async () => {
    const { stderr } = await tunix(["import", "-"], { stdin: slowly(), isTerminal: true });
    expect(stderr).toContain("\r\u001b[K-  0 records, 0/s  0.0 MB");
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
  });

  test("is not shown elsewhere, nor with --json", async () => {
    expect((await tunix(["import", "-"], { stdin: slowly() })).stderr).toBe("");
    expect((await tunix(["import", "-", "--json"], { stdin: slowly(), isTerminal: true })).stderr).toBe("");
  });
});

describe("an import", () => {
  test("of a writer that has stopped talking ends when it is told to", async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    stdin.write(samples(700, 1));
    const ended = tunix(["import", "-"], { stdin, signal: stop.signal });
    setTimeout(() => stop.abort(), 500);
    expect(await ended).toEqual({
      code: exitCodes.interrupted,
      stdout: "",
      stderr: "tunix-rt: Stopped; the same command again stores what is missing\n",
    });
  });

  test("of a pipe to which nobody writes ends when it is told to", async () => {
    const pipe = join(root, "pipe");
    execFileSync("mkfifo", [pipe]);
    const stop = new AbortController();
    const ended = tunix(["import", pipe], { signal: stop.signal });
    setTimeout(() => stop.abort(), 500);
    expect((await ended).code).toBe(exitCodes.interrupted);
    const imported = tunix(["import", pipe]);
    await writeFile(pipe, samples(800, 3));
    expect((await imported).stdout).toContain("3 records");
  });

  test("of a file that is there and cannot be read says so", async () => {
    const { code, stderr } = await tunix(["import", "/proc/self/mem"]);
    expect(code).toBe(exitCodes.notFound);
    expect(stderr).toMatch(/^tunix-rt: \/proc\/self\/mem cannot be read: /);
  });
});

test("a dry run needs no store, and makes none", async () => {
  const folder = await makeFolder("dry", { "a.jsonl": `${samples(850, 2)}{"question":1}\n` });
  const { code, stdout, stderr } = await tunix(["import", "--dry-run", folder], { dataDir: "no-store" });
  expect(code).toBe(exitCodes.rejected);
  expect(stdout).toContain("3 records (gsm8k), 0 stored, 0 there already, 1 rejected");
  expect(stderr).toContain("a.jsonl:3: ");
  await expect(stat(join(root, "no-store"))).rejects.toThrow("ENOENT");
});

test("a preview is of a dry run, and shows a hundred traces at most", async () => {
  const folder = await makeFolder("preview", {
    "a.jsonl": samples(900, 4),
    "9.jsonl": '{"input":"?","output":"4","gts":"4","score":1}\n',
  });
  const file = join(folder, "a.jsonl");
  const { code, stderr } = await tunix(["import", "--preview", "2", file]);
  expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining("--dry-run")]);
  expect((await tunix(["import", "--dry-run", "--preview", "101", file])).code).toBe(exitCodes.usage);
  const shown = async (...args: string[]) =>
    reports((await tunix(["import", "--dry-run", "--json", ...args])).stdout)[0]?.preview;
  expect(await shown(file)).toHaveLength(3);
  expect(await shown(file, "--preview", "1")).toHaveLength(1);
  expect(await shown(join(folder, "9.jsonl"))).toMatchObject([{ rollout: { train_step: 9 } }]);
});

describe("formats", () => {
  test("are listed with what their records look like", async () => {
    const { code, stdout } = await tunix(["formats"]);
    expect(code).toBe(0);
    for (const { name } of formats) expect(stdout).toMatch(new RegExp(`^${name} +\\S`, "m"));
    for (const { description } of formats) expect(stdout).toContain(description);
    const { data } = JSON.parse((await tunix(["formats", "--json"])).stdout) as { data: object[] };
    expect(data).toEqual(formats.map(({ name, description }) => ({ name, description })));
  });
});

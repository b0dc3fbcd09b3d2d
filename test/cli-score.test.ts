// Scoring with a program, and scores in files: the commands, on an embedded store.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CommandContext } from "../src/cli/context.ts";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { runProgram } from "../src/cli/program.ts";
import type { Score } from "../src/contract/trace.ts";
import { waitFor } from "./support/running-server.ts";

let root: string;

interface Setting {
  stdin?: Readable;
  signal?: AbortSignal;
  isTerminal?: boolean;
  /** Called with what stands on standard error so far. */
  onStderr?: (text: string) => void;
}

async function tunix(args: string[], { stdin, signal, isTerminal = false, onStderr }: Setting = {}) {
  const output = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof output) =>
    new PassThrough().on("data", (chunk: Buffer) => {
      output[name] += chunk.toString();
      if (name === "stderr") onStderr?.(output.stderr);
    });
  const context: CommandContext = {
    stdin: stdin ?? Readable.from([]),
    stdout: stream("stdout"),
    stderr: Object.assign(stream("stderr"), { isTTY: isTerminal, columns: 200 }),
    environment: { DATA_DIR: join(root, "store"), PATH: process.env.PATH, ROOT: root },
    directory: root,
    exitCode: 0,
    signal: signal ?? new AbortController().signal,
  };
  const code = await runProgram(args, context);
  await new Promise((resolve) => setImmediate(resolve));
  return { code, ...output };
}

const TRACES = 60;
const trace = (n: number) => ({
  trace_version: "1.1",
  prompt: `${n}`,
  final_answer: n % 2 === 0 ? `${n}` : null,
  steps: [{ i: 0, type: "thinking", content: `line\nbreak ${n}` }],
  ...(n % 3 === 0 && { reference: { answer: `${n}` } }),
  rollout: { run: "scored", train_step: n % 4 },
  meta: { big: 1 },
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tunix-rt-score-"));
  const lines = Array.from({ length: TRACES }, (_, n) => `${JSON.stringify(trace(n))}\n`);
  await writeFile(join(root, "traces.jsonl"), lines.join(""));
  expect((await tunix(["import", join(root, "traces.jsonl")])).code).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Writes a scoring program: `score(record, n)` is called for each record it reads, the n-th of this copy. */
async function program(name: string, body: string): Promise<string> {
  const path = join(root, `${name}.cjs`);
  await writeFile(
    path,
    `const { createInterface } = require("node:readline");
const say = (answer) => process.stdout.write((typeof answer === "string" ? answer : JSON.stringify(answer)) + "\\n");
let n = 0;
createInterface({ input: process.stdin }).on("line", (line) => score(JSON.parse(line), n++)).on("close", () => atEnd());
let atEnd = () => {};
${body}`,
  );
  return `"${process.execPath}" "${path}"`;
}

interface Exported {
  id: string;
  prompt: string;
  scores?: Score[];
}

/** The scores of this name by the number that is the trace's prompt, and the traces' ids. */
async function scoresNamed(name: string): Promise<Map<number, Score & { id: string }>> {
  const { stdout } = await tunix(["export"]);
  const traces = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Exported);
  return new Map(
    traces.flatMap(({ id, prompt, scores = [] }) =>
      scores
        .filter((score) => score.name === name)
        .map((score) => [Number(prompt), { ...score, id }] as const),
    ),
  );
}

const score = (cmd: string, name: string, ...rest: string[]) => [
  "score",
  "--cmd",
  cmd,
  "--name",
  name,
  ...rest,
];

describe("a scoring program", () => {
  test("reads each trace's parts as they were sent, and its scores are stored", async () => {
    const cmd = await program(
      "echo",
      `function score(record) { say({ id: record.id, value: Number(record.prompt), comment: JSON.stringify(record) }); }`,
    );
    const { code, stdout } = await tunix(score(cmd, "reward", "--by", "echo@1", "--workers", "2"));
    expect([code, stdout]).toEqual([0, "reward by echo@1: 60 traces scored: 60 ok, 0 invalid, 0 failed\n"]);
    const scores = await scoresNamed("reward");
    expect(scores.size).toBe(TRACES);
    for (const [n, { id, value, status, by, step_i, comment }] of scores) {
      expect([value, status, by, step_i]).toEqual([n, "ok", "echo@1", null]);
      const { prompt, final_answer, steps, reference = null } = trace(n) as Record<string, unknown>;
      expect(JSON.parse(comment as string)).toEqual({ id, prompt, final_answer, steps, reference });
      expect(Object.keys(JSON.parse(comment as string))).toEqual([
        "id",
        "prompt",
        "final_answer",
        "steps",
        "reference",
      ]);
    }
    const page = JSON.parse((await tunix(["list", "--json", "--limit", "100"])).stdout);
    for (const item of page.data) expect(item.reward).toBe(Number(item.prompt_excerpt));
  });

  test("is only asked for what the filters select and what it has not scored yet", async () => {
    const cmd = await program("ones", `function score({ id }) { say({ id, value: 1 }); }`);
    const run = (...rest: string[]) => tunix(score(cmd, "once", "--by", "me", "--json", ...rest));
    const counts = async (...rest: string[]) => JSON.parse((await run(...rest)).stdout);
    expect(await counts("--train-step", "1")).toEqual({
      ...{ name: "once", by: "me", scored: 15, ok: 15, invalid: 0, error: 0, pending: 0, gone: 0, strays: 0 },
    });
    expect(await counts()).toMatchObject({ scored: 45 });
    expect(await counts()).toMatchObject({ scored: 0 });
    expect(await counts("--rescore", "--min-train-step", "3")).toMatchObject({ scored: 15 });
    expect((await tunix(score(cmd, "once", "--by", "another", "--json"))).stdout).toContain('"scored":60');
  });

  test("that hangs, crashes, babbles and errs costs only the records it fails at", async () => {
    // The first three are answered, whichever copy has which: one that answers nothing is soon given up.
    const cmd = await program(
      "bad",
      `function score({ id, prompt }) {
        const kind = (Number(prompt) + 7) % 10;
        if (Number(prompt) % 20 === 3) for (;;);
        if (kind === 1) { console.error("crash " + prompt); process.exit(3); }
        if (kind === 2) process.kill(process.pid, "SIGKILL");
        if (kind === 3) { say("warming up"); say({ id: "0a1b2c3d-0000-4000-8000-00000000dead", value: 7 }); }
        if (kind === 4) return say('{"id":"' + id + '","value":NaN}');
        if (kind === 5) return say({ id, value: null, status: "invalid", comment: "no number in it" });
        if (kind === 6) return say({ id, value: 1, status: "error" });
        say({ id, value: kind });
        if (kind === 7) say({ id, value: 99 });
      }`,
    );
    const args = score(cmd, "bad", "--by", "b", "--workers", "3", "--timeout", "1.5");
    const { code, stdout, stderr } = await tunix(args);
    expect(code).toBe(exitCodes.rejected);
    expect(stdout).toBe("bad by b: 60 traces scored: 27 ok, 6 invalid, 27 failed\n");
    expect(stderr).toContain("crash 14\n");
    expect(stderr).toMatch(/The program wrote what is no answer: (?:warming up|\{"id":.*\})\n/);
    expect(stderr).toContain("18 lines of the program were about no record it had");
    const scores = await scoresNamed("bad");
    expect(scores.size).toBe(TRACES);
    const failed = (comment: unknown) => ["error", null, comment];
    const expected: Record<number, unknown[]> = {
      1: failed("The program ended without an answer, with exit code 3"),
      2: failed("The program ended without an answer, by the signal SIGKILL"),
      4: failed(expect.stringMatching(/^The program's answer is not valid: .*: \{"id":".*","value":NaN\}$/)),
      5: ["invalid", null, "no number in it"],
      6: failed(expect.stringContaining('Only a score whose status is "ok" has a value; send null: {"id"')),
    };
    for (const [n, { status, value, comment }] of scores) {
      const kind = (n + 7) % 10;
      const hangs = failed("The program gave no answer within 1.5 s");
      const wanted = n % 20 === 3 ? hangs : (expected[kind] ?? ["ok", kind, null]);
      // The shell says of a program that was killed what the signal's number is.
      const told = comment?.replace("with exit code 137", "by the signal SIGKILL") ?? null;
      expect([n, status, value, told]).toEqual([n, ...wanted]);
    }
    const again = await tunix([...args, "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ scored: 27, ok: 0, error: 27 });
  }, 120_000);

  test("may answer in any order, all at the end, and with more than one record at once", async () => {
    const cmd = await program(
      "late",
      `const all = [];
      function score({ id, prompt }) { all.push({ id, value: Number(prompt) }); }
      atEnd = () => { for (const answer of all.reverse()) say(answer); };`,
    );
    expect((await tunix(score(cmd, "late", "--in-flight", "100"))).code).toBe(0);
    const scores = await scoresNamed("late");
    expect([...scores].map(([n, { value }]) => n === value)).toEqual(Array(TRACES).fill(true));
  });

  test("that takes one record and ends is started for each", async () => {
    const cmd = await program(
      "one-shot",
      `function score({ id, prompt }, n) { if (n === 0) { say({ id, value: Number(prompt) }); process.exit(0); } }`,
    );
    const { code, stdout } = await tunix(score(cmd, "shot", "--by", "s", "--max-train-step", "0"));
    expect([code, stdout]).toEqual([0, "shot by s: 15 traces scored: 15 ok, 0 invalid, 0 failed\n"]);
  }, 60_000);

  test("that fails at everything ends the command, and nothing is stored", async () => {
    const exits = await program("exits", "function score() { process.exit(1); } ");
    const lies = await program("lies", "function score({ id }) { say({ id, value: 'good' }); }");
    const never = await tunix(score(exits, "never"));
    expect(never).toMatchObject({ code: exitCodes.failed, stdout: "" });
    expect(never.stderr).toMatch(
      /failed at 5 records in a row and has not answered any.*exit code 1; no score is stored/,
    );
    const bad = await tunix(score(lies, "never"));
    expect([bad.code, bad.stderr]).toEqual([
      exitCodes.failed,
      expect.stringContaining("Must be number or null"),
    ]);
    const none = await tunix(score("no-such-program-anywhere", "never"));
    expect([none.code, none.stderr]).toEqual([
      exitCodes.failed,
      expect.stringContaining("The program cannot be started: the shell ended with exit code 127"),
    ]);
    expect((await scoresNamed("never")).size).toBe(0);
  });

  test("that fails at the only traces there are leaves their failures", async () => {
    const cmd = await program("exits-too", "function score() { process.exit(1); } ");
    const id = (await scoresNamed("reward")).get(7)?.id as string;
    const { code, stdout } = await tunix(score(cmd, "few", "--by", "f", "--id", id));
    expect([code, stdout]).toEqual([
      exitCodes.rejected,
      "few by f: 1 traces scored: 0 ok, 0 invalid, 1 failed\n",
    ]);
    expect((await scoresNamed("few")).get(7)).toMatchObject({ status: "error", value: null });
  });

  test("that breaks for good later on ends the command, and what it scored is stored", async () => {
    const cmd = await program(
      "breaks",
      `const { existsSync, writeFileSync } = require("node:fs");
      const broken = process.env.ROOT + "/broken";
      function score({ id }, n) {
        if (n === 20) writeFileSync(broken, "");
        if (existsSync(broken)) process.exit(5);
        say({ id, value: 1 });
      }`,
    );
    const { code, stderr } = await tunix(score(cmd, "breaks", "--in-flight", "1"));
    expect(code).toBe(exitCodes.failed);
    expect(stderr).toMatch(
      /failed at 10 records in a row; the last time: .*exit code 5; 30 scores are stored/,
    );
    const scores = [...(await scoresNamed("breaks")).values()];
    expect(scores.filter(({ status }) => status === "ok").length).toBe(20);
    expect(scores.filter(({ status }) => status === "error").length).toBe(10);
  }, 60_000);

  test("that is stopped amid its work leaves what it scored, and the same command goes on", async () => {
    const cmd = await program(
      "slow",
      `const { appendFileSync } = require("node:fs");
      appendFileSync(process.env.ROOT + "/pids", process.pid + "\\n");
      function score({ id, prompt }, n) {
        if (n === 10) { console.error("slow now"); setInterval(() => {}, 1000); return; }
        if (n < 10) say({ id, value: 1 });
      }`,
    );
    const stopping = new AbortController();
    const args = score(cmd, "slow", "--by", "s", "--workers", "2");
    const stopped = await tunix(args, {
      signal: stopping.signal,
      onStderr: (text) => text.split("slow now").length === 3 && setTimeout(() => stopping.abort(), 100),
    });
    expect(stopped).toMatchObject({ code: exitCodes.interrupted, stdout: "" });
    expect(stopped.stderr).toContain(
      "Stopped; 20 scores are stored, and the same command again gives the others",
    );
    const pids = (await readFile(join(root, "pids"), "utf8")).trim().split("\n").map(Number);
    expect(pids.length).toBe(2);
    for (const pid of pids) await waitFor(() => !isAlive(pid));
    const quick = await program("slow", "function score({ id }) { say({ id, value: 2 }); }");
    expect(quick).toBe(cmd);
    expect((await tunix([...args, "--json"])).stdout).toContain('"scored":40,"ok":40');
    const values = [...(await scoresNamed("slow")).values()].map(({ value }) => value);
    expect(values.filter((value) => value === 1).length).toBe(20);
  });

  test("is watched on a terminal by a line of progress", async () => {
    const cmd = await program(
      "watched",
      "function score({ id }, n) { setTimeout(() => say({ id, value: 1 }), n * 40); }",
    );
    const { stderr } = await tunix(score(cmd, "watched", "--in-flight", "100"), { isTerminal: true });
    expect(stderr).toMatch(/watched {2}\d+ of 60 scored/);
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
  });

  test.each([
    ["no name", ["--cmd", "true"], "Scoring needs --cmd and --name"],
    ["no command", ["--name", "x"], "Scoring needs --cmd and --name"],
    [
      "a command that is no name",
      ["--cmd", "x".repeat(129), "--name", "x"],
      "say with --by who gives the score",
    ],
    ["no copies", ["--cmd", "true", "--name", "x", "--workers", "0"], "It must be 1 to 256"],
    ["no time", ["--cmd", "true", "--name", "x", "--timeout", "0"], "It must be more than 0"],
    ["a bad filter", ["--cmd", "true", "--name", "x", "--min-steps", "few"], "--min-steps"],
  ])("cannot be run with %s", async (_name, args, message) => {
    const { code, stderr } = await tunix(["score", ...args]);
    expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining(message)]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("score import", () => {
  const label = (trace_id: string, changes: object = {}) =>
    JSON.stringify({ trace_id, name: "label", value: 1, by: "ann", ...changes });

  test("stores the scores of files, and of standard input", async () => {
    const [one, two] = [...(await scoresNamed("reward")).values()].map(({ id }) => id) as [string, string];
    await writeFile(
      join(root, "labels.jsonl"),
      `${label(one)}\r\n${label(one, { step_i: 0, value: 0 })}\r\n`,
    );
    await writeFile(join(root, "labels.json.gz"), gzipSync(`[${label(two)}]`));
    const files = [join(root, "labels.jsonl"), join(root, "labels.json.gz")];
    const { code, stdout } = await tunix(["score", "import", "--json", ...files]);
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { file: files[0], records: 2, stored: 2, not_found: 0, invalid: 0 },
      { file: files[1], records: 1, stored: 1, not_found: 0, invalid: 0 },
    ]);
    const stdin = Readable.from([Buffer.from(label(two, { value: 5 }))]);
    expect((await tunix(["score", "import", "-"], { stdin })).stdout).toMatch(/^-: 1 records, 1 stored/);
    const { stdout: exported } = await tunix(["export", "--id", two]);
    expect(JSON.parse(exported).scores).toContainEqual(expect.objectContaining({ name: "label", value: 5 }));
  });

  test("tells what was not stored by its line, and says so by its exit code", async () => {
    const [one] = [...(await scoresNamed("reward")).values()].map(({ id }) => id) as [string];
    const file = join(root, "mixed.jsonl");
    const nobody = "0a1b2c3d-0000-4000-8000-00000000dead";
    const broken = Array.from({ length: 150 }, () => "broken\n").join("");
    await writeFile(file, `${label(one)}\n${label(nobody)}\n${label(one, { step_i: 9 })}\n${broken}`);
    const { code, stdout, stderr } = await tunix(["score", "import", file]);
    expect(code).toBe(exitCodes.rejected);
    expect(stdout).toBe(`${file}: 153 records, 1 stored, 1 of traces that are not there, 151 not valid\n`);
    expect(stderr).toContain(`${file}:2: There is no trace with the id ${nobody} (trace_not_found)\n`);
    expect(stderr).toContain(`${file}:3: The trace ${one} has no step with i = 9 (unknown_step)\n`);
    expect(stderr).toContain("… and 52 more\n");
  });

  test("of a file that is not there, or cut off, says so", async () => {
    const missing = await tunix(["score", "import", join(root, "missing.jsonl")]);
    expect([missing.code, missing.stderr]).toEqual([
      exitCodes.notFound,
      expect.stringContaining("cannot be read"),
    ]);
    await writeFile(join(root, "cut.gz"), gzipSync("x".repeat(1000)).subarray(0, 20));
    const cut = await tunix(["score", "import", join(root, "cut.gz")]);
    expect([cut.code, cut.stderr]).toEqual([
      exitCodes.rejected,
      expect.stringContaining("damaged or cut off"),
    ]);
  });

  test("that is stopped says so", async () => {
    const stopping = new AbortController();
    const stdin = new PassThrough();
    setTimeout(() => stopping.abort(), 500);
    const { code, stderr } = await tunix(["score", "import", "-"], { stdin, signal: stopping.signal });
    expect([code, stderr]).toEqual([
      exitCodes.interrupted,
      expect.stringContaining("Stopped; the same command"),
    ]);
  });
});

describe("score delete", () => {
  test("counts, then deletes what is meant", async () => {
    const args = ["score", "delete", "--run", "scored", "--name", "once", "--by", "me"];
    expect((await tunix([...args, "--dry-run"])).stdout).toBe("60 scores would be deleted\n");
    expect((await tunix(args)).stdout).toBe("Deleted 60 scores\n");
    expect((await scoresNamed("once")).size).toBe(TRACES);
    expect((await tunix(["score", "delete", "--name", "once", "--by", ""])).stdout).toBe(
      "Deleted 0 scores\n",
    );
  });

  test("without saying which is refused", async () => {
    const { code, stderr } = await tunix(["score", "delete"]);
    expect([code, stderr]).toEqual([exitCodes.usage, expect.stringContaining("Say which scores")]);
  });
});

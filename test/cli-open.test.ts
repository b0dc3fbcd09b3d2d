import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { CommandContext } from "../src/cli/context.ts";
import { exitCodes } from "../src/cli/exit-codes.ts";
import { openFolder } from "../src/cli/open.ts";
import { runProgram } from "../src/cli/program.ts";
import type { WatchTimes } from "../src/cli/watch-folder.ts";
import type { TracePage } from "../src/contract/pages.ts";
import { CuttableProxy } from "./support/cuttable-proxy.ts";
import { useDatabase } from "./support/database.ts";
import { runTunix, startServer, waitFor } from "./support/running-server.ts";

const times: WatchTimes = { settleMs: 40, unendedMs: 120, pollMs: 100, debounceMs: 5 };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tunix-rt-open-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const samples = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({ question: `What is ${from + i} + 1?`, answer: `#### ${from + i + 1}` }),
  )
    .map((line) => `${line}\n`)
    .join("");

async function makeFolder(name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder);
  return folder;
}

interface Opened {
  stdout: () => string;
  stderr: () => string;
  stop: () => void;
  exitCode: Promise<number>;
}

/** What `tunix-rt open` does, with less patience. */
function open(folder: string, environment: Record<string, string>): Opened {
  const output = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof output) =>
    new PassThrough().on("data", (chunk: Buffer) => (output[name] += chunk.toString()));
  const controller = new AbortController();
  const context: CommandContext = {
    stdin: Readable.from([]),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: { PORT: "0", LOG_LEVEL: "silent", ...environment },
    directory: root,
    exitCode: 0,
    signal: controller.signal,
  };
  const exitCode = openFolder(context, folder, { format: "auto" }, times).then(() => context.exitCode);
  const opened = {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    stop: () => controller.abort(),
    exitCode,
  };
  running.push(opened);
  return opened;
}

const running: Opened[] = [];
afterEach(async () => {
  for (const { stop } of running) stop();
  await Promise.allSettled(running.splice(0).map(({ exitCode }) => exitCode));
});

const addressIn = (text: string) => /is at (http:\S+?)\/runs\//.exec(text)?.[1];
const listAt = async (address: string) =>
  (await (await fetch(`${address}/api/traces?limit=100`)).json()) as TracePage;

describe("open", () => {
  test("serves the store, imports what is in the folder and what comes into it", async () => {
    const folder = await makeFolder("qwen3 dapo");
    await writeFile(join(folder, "step_10.jsonl.gz"), gzipSync(samples(0, 2)));
    await writeFile(join(folder, "step_2.jsonl"), samples(10, 3));
    await writeFile(join(folder, "trainer_state.json"), '{"epoch":1}\n');
    await writeFile(join(folder, "train.log"), "started\n");
    const { stdout, stderr, stop, exitCode } = open(folder, { DATA_DIR: join(root, "first") });
    const address = await waitFor(() => addressIn(stdout()));
    expect(stdout()).toContain(`The run qwen3 dapo is at ${address}/runs/qwen3%20dapo\n`);
    await waitFor(() => stdout().includes("step_10.jsonl.gz: 2 records (gsm8k), 2 stored"));
    expect(stdout().indexOf("step_2.jsonl: 3 records")).toBeLessThan(stdout().indexOf("step_10"));

    await writeFile(join(folder, "step_11.jsonl"), samples(20, 1));
    await waitFor(() => stdout().includes("step_11.jsonl: 1 records (gsm8k), 1 stored"));
    await appendFile(join(folder, "step_11.jsonl"), samples(21, 2));
    await waitFor(() => stdout().includes("step_11.jsonl: 3 records (gsm8k), 2 stored, 1 there already"));

    const { data } = await listAt(address);
    expect(new Set(data.map(({ run }) => run))).toEqual(new Set(["qwen3 dapo"]));
    expect(data.map((item) => item.train_step).sort()).toEqual([10, 10, 11, 11, 11, 2, 2, 2]);
    for (const name of [/trainer_state\.json: left out: /g, /train\.log: left out: /g])
      expect(stderr().match(name)).toHaveLength(1);
    stop();
    expect(await exitCode).toBe(0);
    await expect(fetch(`${address}/api/health`)).rejects.toThrow();
  });

  test("takes the complete lines of a file that stays without its end, and the rest when it comes", async () => {
    const folder = await makeFolder("slow");
    const file = join(folder, "step_1.jsonl");
    const whole = samples(0, 3);
    await writeFile(file, whole.slice(0, -20));
    const { stdout, stderr } = open(folder, { DATA_DIR: join(root, "slow-store") });
    await waitFor(() => stdout().includes("3 records (gsm8k), 2 stored, 0 there already, 1 rejected"));
    expect(stderr()).toContain("the file may still be being written");
    await appendFile(file, whole.slice(-20));
    await waitFor(() => stdout().includes("3 records (gsm8k), 1 stored, 2 there already, 0 rejected"));
  });

  test("joins the server that runs on the store, and takes its place when that stops", async () => {
    const DATA_DIR = join(root, "joined");
    const folder = await makeFolder("run-1");
    await writeFile(join(folder, "1.jsonl"), samples(0, 1));
    const server = await startServer({ DATA_DIR });
    const { stdout } = open(folder, { DATA_DIR });
    expect(await waitFor(() => addressIn(stdout()))).toBe(server.address);
    await waitFor(() => stdout().includes("1.jsonl: 1 records"));
    expect((await listAt(server.address)).data).toHaveLength(1);

    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    const address = await waitFor(() => {
      const latest = addressIn(stdout().trimEnd().split("\n").at(-1) ?? "");
      return latest === server.address ? undefined : latest;
    });
    expect((await listAt(address)).data).toHaveLength(1);
  });

  test.each([
    ["a folder that is not there", "missing", /missing cannot be read/],
    ["a file", "file.jsonl", /is not a folder; "tunix-rt import" takes files/],
  ])("refuses %s before it makes a store", async (_name, path, message) => {
    await writeFile(join(root, "file.jsonl"), "");
    const refused = open(join(root, path), { DATA_DIR: join(root, "never") });
    await expect(refused.exitCode).rejects.toMatchObject({ code: "file_unreadable" });
    await expect(refused.exitCode).rejects.toThrow(message);
  });
});

describe("open on a database of one's own", () => {
  const database = useDatabase();
  test("finds the server of the same database at its address, and refuses one of another", async () => {
    const own = new CuttableProxy(database.connection);
    await own.mend();
    const DATABASE_URL = own.url(database.connection);
    const folder = await makeFolder("run-2");
    await writeFile(join(folder, "1.jsonl"), samples(0, 1));
    const server = await startServer({ DATABASE_URL });
    const PORT = new URL(server.address).port;
    const first = open(folder, { DATABASE_URL, PORT });
    await waitFor(() => first.stdout().includes("1.jsonl: 1 records"));
    const second = open(folder, { DATABASE_URL, PORT });
    expect(await waitFor(() => addressIn(second.stdout()))).toBe(server.address);

    const other = open(folder, { DATA_DIR: join(root, "other"), PORT });
    await expect(other.exitCode).rejects.toMatchObject({ code: "address_in_use" });
    for (const { stop, exitCode } of [first, second]) {
      stop();
      expect(await exitCode).toBe(0);
    }
    server.child.kill("SIGTERM");
    await server.exited;
    await own.cut();
  });
});

describe("the program", () => {
  test("opens a folder, and Ctrl+C ends all of it with exit code 0", async () => {
    const folder = await makeFolder("real");
    await writeFile(join(folder, "global_step_180.jsonl"), samples(0, 2));
    const settings = { DATA_DIR: join(root, "real-store"), PORT: "0" };
    const run = runTunix(["open", folder, "--split", "train"], settings);
    const address = await waitFor(() => addressIn(run.stdout()));
    await waitFor(() => run.stdout().includes("2 records (gsm8k), 2 stored"));
    expect((await listAt(address)).data[0]).toMatchObject({ run: "real", split: "train", train_step: 180 });
    run.child.kill("SIGINT");
    expect(await run.exited).toBe(0);
    expect(run.stderr()).toBe("");
  });

  test("shows how to open a folder", async () => {
    const stdout = new PassThrough();
    const context = { stdout, stderr: stdout, environment: {} } as unknown as CommandContext;
    expect(await runProgram(["open", "--help"], context)).toBe(exitCodes.ok);
    expect(stdout.read().toString()).toMatch(/Example:\n {2}\$ tunix-rt open/);
  });
});

import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../test/support/running-server.ts";
import { type WatchTimes, watchFolder } from "./watch-folder.ts";

const times: WatchTimes = { settleMs: 40, unendedMs: 60_000, pollMs: 60_000, debounceMs: 5 };

let folder: string;
let stop: AbortController;
let told: string[];
let leftOut: Map<string, string>;
let watching: Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tunix-rt-watch-"));
  stop = new AbortController();
  told = [];
  leftOut = new Map();
});
afterEach(async () => {
  stop.abort();
  await watching;
  await rm(folder, { recursive: true, force: true });
});

function start(change: Partial<WatchTimes> = {}, answers: boolean[] = []): void {
  const onFile = async (file: string) => {
    told.push(basename(file));
    return answers.shift() ?? true;
  };
  watching = watchFolder({
    folder,
    signal: stop.signal,
    times: { ...times, ...change },
    onFile,
    onLeftOut: (path, reason) => leftOut.set(basename(path), reason),
  });
}

const write = (name: string, content: string) => writeFile(join(folder, name), content);

test("tells of what is there, and then of what is new and what has grown", async () => {
  await write("step_10.jsonl", "{}\n");
  await write("step_2.jsonl", "{}\n");
  await write("notes.txt", "{}\n");
  start();
  await waitFor(() => told.length === 2);
  await write("step_11.jsonl", "{}\n");
  await waitFor(() => told.length === 3);
  await appendFile(join(folder, "step_2.jsonl"), "{}\n");
  await waitFor(() => told.length === 4);
  expect(told.slice(0, 2).sort()).toEqual(["step_10.jsonl", "step_2.jsonl"]);
  expect(told.slice(2)).toEqual(["step_11.jsonl", "step_2.jsonl"]);
  expect([...leftOut]).toEqual([["notes.txt", expect.stringContaining("its name does not end in")]]);
});

test("tells of a file once it ends like one that is written", async () => {
  await write("a.jsonl", '{"a":1}\n{"a"');
  await write("b.parquet", "PAR1 and so on");
  await write("c.json", '[{"a":1},');
  await write("d.json", '[{"a":1}]');
  await write("e.jsonl.gz", "told by reading it");
  await write("f.jsonl", "");
  start();
  await waitFor(() => told.length === 2);
  await appendFile(join(folder, "a.jsonl"), ":2}\n");
  await appendFile(join(folder, "b.parquet"), "PAR1");
  await waitFor(() => told.length === 4);
  expect(told.slice(0, 2).sort()).toEqual(["d.json", "e.jsonl.gz"]);
  expect(told.slice(2).sort()).toEqual(["a.jsonl", "b.parquet"]);
});

test("tells of a file without an end too, when nothing has come for long", async () => {
  await write("a.jsonl", '{"a":1}');
  start({ unendedMs: 80 });
  await waitFor(() => told.length === 1);
});

test("tells again of a file that could not be taken", async () => {
  await write("a.jsonl", "{}\n");
  start({ pollMs: 20 }, [false, false]);
  await waitFor(() => told.length === 3);
  expect(told).toEqual(["a.jsonl", "a.jsonl", "a.jsonl"]);
});

test("tells of a file that takes another one's place", async () => {
  await write("a.jsonl", "{}\n");
  start();
  await waitFor(() => told.length === 1);
  await write("a.jsonl.tmp", "[]\n");
  await rename(join(folder, "a.jsonl.tmp"), join(folder, "a.jsonl"));
  await waitFor(() => told.length === 2);
});

test("finds a folder again that was gone for a while", async () => {
  await rm(folder, { recursive: true });
  start({ pollMs: 20 });
  await waitFor(() => leftOut.get(basename(folder))?.includes("ENOENT") === true);
  await mkdir(folder);
  await write("a.jsonl", "{}\n");
  await waitFor(() => told.length === 1);
});

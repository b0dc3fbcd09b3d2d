import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { listImportable, runOf, trainStepOf } from "./list-importable.ts";

test("a folder's importable files come in natural order, and what else is there is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tunix-rt-list-"));
  const names = [
    ...[
      "step_10.jsonl",
      "step_2.jsonl",
      "STEP_1.JSONL.GZ",
      "a.json",
      "b.ndjson",
      "c.csv.gz",
      "d.parquet",
      "e.tsv",
    ],
    ...["notes.txt", "model.safetensors", "step_3.jsonl.tmp", ".step_4.jsonl"],
  ];
  for (const name of names) await writeFile(join(folder, name), "");
  await mkdir(join(folder, "deeper.jsonl"));
  await symlink(join(folder, "nowhere"), join(folder, "link.jsonl"));
  const { files, others } = await listImportable(folder);
  await rm(folder, { recursive: true });
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
    ...[
      "a.json",
      "b.ndjson",
      "c.csv.gz",
      "d.parquet",
      "e.tsv",
      "STEP_1.JSONL.GZ",
      "step_2.jsonl",
      "step_10.jsonl",
    ],
  ]);
  expect(others.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    "deeper.jsonl/: a folder; name it to import it",
    "link.jsonl: it links to nothing, or is gone",
    ...["model.safetensors", "notes.txt", "step_3.jsonl.tmp"].map((name) => expect.stringContaining(name)),
  ]);
});

test.each([
  ["180.jsonl", 180],
  ["/runs/a/step_180.jsonl", 180],
  ["global_step_180.jsonl.gz", 180],
  ["rollouts-step-7.ndjson", 7],
  ["step00012.json", 12],
  ["completions_180.parquet", 180],
  ["completions_00180.csv", 180],
  ["train-00000-of-00001.parquet", undefined],
  ["gsm8k_2024.jsonl", undefined],
  ["step_180.txt", undefined],
  ["step_1234567890.jsonl", undefined],
  ["train.jsonl", undefined],
  ["-", undefined],
])("the name %s says step %s", (file, step) => {
  expect(trainStepOf(file)).toBe(step);
});

test("a run is named like its folder, however that is written", () => {
  expect(runOf("/data/qwen3-8b-dapo/")).toBe("qwen3-8b-dapo");
  expect(runOf("/data/qwen3/rollouts/..")).toBe("qwen3");
  expect(thrownBy(() => runOf("/")).message).toContain("--run");
});

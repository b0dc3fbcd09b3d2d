// Which files of a folder look importable, in the order people read them in, and what their names say.
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { AppError } from "../contract/errors.ts";

const EXTENSIONS = ["jsonl", "ndjson", "json", "csv", "tsv", "parquet"];
const IMPORTABLE = new RegExp(`\\.(?:${EXTENSIONS.join("|")})(?:\\.gz)?$`, "i");
/** `180.jsonl`, `step_180.jsonl`, `global_step_180.jsonl.gz`, `completions_180.parquet`. */
const STEP_FILE = new RegExp(
  `^(?:.*step[_-]?|completions[_-])?(\\d{1,9})\\.(?:${EXTENSIONS.join("|")})(?:\\.gz)?$`,
  "i",
);
const A_FOLDER = "a folder; name it to import it";
const MAX_RUN_LENGTH = 200;
const naturalOrder = new Intl.Collator("en", { numeric: true });

/** For people. */
export const importableNames = ".jsonl, .ndjson, .json, .csv, .tsv or .parquet, plain or .gz";

export interface Folder {
  /** Paths of the files that look importable: step_2 before step_10. */
  files: string[];
  /** What else lies there, and why it is none of them; folders end in a slash, hidden entries are not counted. */
  others: { name: string; reason: string }[];
}

export async function listImportable(folder: string): Promise<Folder> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const listed: Folder = { files: [], others: [] };
  for (const name of names.sort(naturalOrder.compare)) {
    const reason = await reasonAgainst(join(folder, name));
    if (reason === undefined) listed.files.push(join(folder, name));
    else listed.others.push({ name: reason === A_FOLDER ? `${name}/` : name, reason });
  }
  return listed;
}

async function reasonAgainst(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return "it links to nothing, or is gone";
  if (found.isDirectory()) return A_FOLDER;
  if (!IMPORTABLE.test(path)) return `its name does not end in ${importableNames}`;
  return found.isFile() ? undefined : "no file that has an end; name it to import it";
}

/** Trainers name their dumps by training step; undefined where a name doesn't say one. */
export function trainStepOf(file: string): number | undefined {
  const step = STEP_FILE.exec(basename(file))?.[1];
  return step === undefined ? undefined : Number(step);
}

/** A folder holds the files of one run and is named like it. */
export function runOf(folder: string): string {
  const name = basename(resolve(folder));
  if (name !== "" && name.length <= MAX_RUN_LENGTH) return name;
  throw new AppError("usage", `The folder ${folder} has no name that a run could have: give one with --run`);
}

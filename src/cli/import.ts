import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Config } from "../config.ts";
import { AppError } from "../contract/errors.ts";
import type { ImportReport } from "../contract/imports.ts";
import { NewRunName } from "../contract/run-name.ts";
import { compileCheck } from "../contract/validate.ts";
import type { Database } from "../store/database.ts";
import type { ReadingOptions } from "../transfer/import-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import {
  type FileImport,
  type FileTrial,
  importFile,
  importOneOfSeveral,
  printReport,
} from "./import-file.ts";
import { importableNames, listImportable, runOf, trainStepOf } from "./list-importable.ts";
import { addRecordOptions, formatOf, type RecordFlags } from "./record-options.ts";

interface ImportFlags extends RecordFlags {
  input: "auto" | "csv";
  onError: "skip" | "abort";
  dryRun?: boolean;
  preview?: number;
  run?: string;
  split?: string;
  trainStep?: number;
  json?: boolean;
}

export function addImportCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("import")
    .description("Store the traces of files: JSON lines or arrays, CSV or Parquet, plain or gzipped")
    .argument("<file...>", 'files to read, or folders with files of one run; "-" is standard input');
  addRecordOptions(command)
    .addOption(
      new Option("--input <kind>", "csv for CSV with a header that has no name like rows.csv")
        .choices(["auto", "csv"])
        .default("auto"),
    )
    .addOption(
      new Option("--on-error <how>", "skip stores the good records, abort all or nothing of a file")
        .choices(["skip", "abort"])
        .default("skip"),
    )
    .option("--dry-run", "read and check, store nothing, and show the first traces")
    .option("--preview <n>", `how many traces a dry run shows (default: ${PREVIEW})`, parseCount(100))
    .option("--run <name>", "the run of traces that name none (else a folder's name)", parseName)
    .option("--split <name>", "the split of traces that name none", parseSplit)
    .option(
      "--train-step <n>",
      "the training step of traces that name none (else taken from a name like step_180.jsonl)",
      parseCount(2_147_483_647),
    )
    .option("--json", "print each report as a line of JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt import train.jsonl --run gsm8k\n  $ tunix-rt import rollouts/qwen3-8b-dapo\n" +
        "  $ zcat rollouts.jsonl.gz | tunix-rt import -\n  $ tunix-rt import --dry-run unknown.jsonl\n" +
        "  $ tunix-rt import --dry-run rows.csv --map prompt=question,completion=response,reward=scores.acc\n\n" +
        "The same file stored again adds nothing. Exit code 4 says that some records were rejected.",
    )
    .action((paths: string[], flags: ImportFlags) => importPaths(context, paths, flags));
}

/** Traces that a dry run shows where nothing else is said. */
const PREVIEW = 3;

interface Source {
  file: string;
  /** The folder that it was found in, unless it was named itself. */
  folder?: string;
}

/** Names of files whose records are traces or broken: what else a folder holds in JSON may be settings. */
const LINES_OR_ROWS = /\.(?:jsonl|ndjson|parquet)(?:\.gz)?$/i;

async function importPaths(context: CommandContext, paths: string[], flags: ImportFlags): Promise<void> {
  if (flags.preview !== undefined && flags.dryRun !== true)
    throw new AppError("usage", "A preview is of a dry run: give --dry-run as well, or leave --preview out");
  const config = readConfig(context);
  const sources: Source[] = [];
  for (const path of paths)
    sources.push(...(await findSources(context, path).catch((error) => leaveOut(context, paths, error))));
  if (sources.length === 0) return;
  const importAll = async (database: Database | undefined) => {
    const importing = { context, config, database, flags, isAlone: paths.length === 1 };
    let isAnyImported = false;
    for (const source of sources) if (await importSource(importing, source)) isAnyImported = true;
    // Where every file was left out, a script must not take it for a success.
    if (!isAnyImported) context.exitCode = exitCodes.rejected;
  };
  try {
    if (flags.dryRun) await importAll(undefined);
    else await withDatabase(config, { name: "import", writes: true }, importAll);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    print(context.stderr, "tunix-rt: Stopped; the same command again stores what is missing");
    context.exitCode = exitCodes.interrupted;
  }
}

interface Importing {
  context: CommandContext;
  config: Config;
  /** Undefined for a dry run. */
  database: Database | undefined;
  flags: ImportFlags;
  /** The only file: its failure is the command's. */
  isAlone: boolean;
}

/** False where the file was left out. */
async function importSource(
  { context, config, database, flags, isAlone }: Importing,
  { file, folder }: Source,
): Promise<boolean> {
  const run = flags.run ?? (folder === undefined ? undefined : runOf(folder));
  const options = toOptions(context, config, file, { ...flags, ...(run !== undefined && { run }) });
  const source = { context, file, isCsv: flags.input === "csv", isQuiet: flags.json === true };
  const request: FileImport | FileTrial =
    database === undefined
      ? { ...source, database, options: { ...options, preview: flags.preview ?? PREVIEW } }
      : { ...source, database, options: { ...options, onError: flags.onError } };
  const isNamed = folder === undefined;
  const outcome =
    isNamed && isAlone ? { report: await importFile(request) } : await importOneOfSeveral(request);
  if ("leftOut" in outcome) {
    print(context.stderr, `${file}: left out: ${outcome.leftOut}`);
    if (isNamed || (outcome.hasBadRecords && LINES_OR_ROWS.test(file))) context.exitCode = exitCodes.rejected;
  } else if ("unreadable" in outcome) {
    print(context.stderr, `${file}: ${outcome.unreadable.message} (${outcome.unreadable.code})`);
    context.exitCode = exitCodes.rejected;
  } else tell(context, file, outcome.report, flags);
  return !("leftOut" in outcome);
}

function tell(context: CommandContext, file: string, report: ImportReport, flags: ImportFlags): void {
  if (flags.json) print(context.stdout, JSON.stringify({ file, ...report }));
  else printReport(context, file, report);
  if (report.rejected > 0) context.exitCode = exitCodes.rejected;
}

function toOptions(
  context: CommandContext,
  config: Config,
  file: string,
  flags: ImportFlags,
): ReadingOptions {
  return {
    format: formatOf(flags),
    run: flags.run,
    split: flags.split,
    trainStep: flags.trainStep ?? trainStepOf(file),
    maxRecordBytes: config.IMPORT_MAX_RECORD_BYTES,
    signal: context.signal,
  };
}

/** One of several paths that leads nowhere is told, and the others are imported all the same. */
function leaveOut(context: CommandContext, paths: string[], error: unknown): Source[] {
  if (paths.length === 1 || !(error instanceof AppError) || error.code !== "file_unreadable") throw error;
  print(context.stderr, `${error.message} (${error.code})`);
  context.exitCode = exitCodes.rejected;
  return [];
}

async function findSources(context: CommandContext, path: string): Promise<Source[]> {
  if (path === "-") return [{ file: path }];
  const found = await stat(path).catch((cause: Error) => {
    throw new AppError("file_unreadable", `${path} cannot be read: ${cause.message}`, { cause });
  });
  if (!found.isDirectory()) return [{ file: path }];
  const { files, others } = await listImportable(path);
  if (files.length === 0)
    throw new AppError("file_unreadable", `The folder ${path} has no file to import (${importableNames})`);
  for (const { name, reason } of others) print(context.stderr, `${join(path, name)}: left out: ${reason}`);
  return files.map((file) => ({ file, folder: path }));
}

const findNameFaults = compileCheck(NewRunName("A run"));

export function parseName(text: string): string {
  const [fault] = findNameFaults(text);
  if (fault === undefined) return text;
  throw new InvalidArgumentError(`${fault.message}.`);
}

export const parseSplit = parseText(64);

export function parseText(maxLength: number): (text: string) => string {
  return (text) => {
    if (text !== "" && text.length <= maxLength) return text;
    throw new InvalidArgumentError(`It must have 1 to ${maxLength} characters.`);
  };
}

function parseCount(max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,10}$/.test(text) && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${max}.`);
  };
}

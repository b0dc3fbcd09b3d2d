import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Config } from "../config.ts";
import { AppError } from "../contract/errors.ts";
import type { ImportReport } from "../contract/imports.ts";
import type { Database } from "../store/database.ts";
import { type ImportOptions, importTraces } from "../transfer/import-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";

interface ImportFlags {
  format: string;
  onError: "skip" | "abort";
  dryRun?: boolean;
  preview: number;
  run?: string;
  split?: string;
  trainStep?: number;
  json?: boolean;
}

export function addImportCommand(program: Command, context: CommandContext): void {
  program
    .command("import")
    .description("Store the traces of files: JSON lines or arrays, plain or gzipped")
    .argument("<file...>", 'files to read; "-" is standard input')
    .option("--format <name>", "the records' format (see tunix-rt formats)", "auto")
    .addOption(
      new Option("--on-error <how>", "skip stores the good records, abort all or nothing")
        .choices(["skip", "abort"])
        .default("skip"),
    )
    .option("--dry-run", "read and check, store nothing, and show the first traces")
    .option("--preview <n>", "how many traces a dry run shows", parseCount, 3)
    .option("--run <name>", "the run of traces that name none", parseName)
    .option("--split <name>", "the split of traces that name none", parseName)
    .option(
      "--train-step <n>",
      "the training step of traces that name none (else taken from a name like step_180.jsonl)",
      parseCount,
    )
    .option("--json", "print each report as a line of JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt import train.jsonl --run gsm8k\n  $ zcat rollouts.jsonl.gz | tunix-rt import -\n" +
        "  $ tunix-rt import --dry-run unknown.jsonl\n\n" +
        "The same file stored again adds nothing. Exit code 4 says that some records were rejected.",
    )
    .action((files: string[], flags: ImportFlags) => importFiles(context, files, flags));
}

async function importFiles(context: CommandContext, files: string[], flags: ImportFlags): Promise<void> {
  const config = readConfig(context);
  for (const file of files) await requireFile(file);
  await withDatabase(config, { name: "import", writes: true }, async (database) => {
    for (const file of files) {
      const source = file === "-" ? context.stdin : createReadStream(file, { highWaterMark: 262_144 });
      const report = await importOne(database, source, toOptions(context, config, file, flags));
      printReport(context, file, report, flags);
      if (report.rejected > 0) context.exitCode = exitCodes.rejected;
    }
  });
}

async function importOne(
  database: Database,
  source: Readable,
  options: ImportOptions,
): Promise<ImportReport> {
  const client = await database.connect();
  try {
    return await importTraces({ client, pool: database.pool }, source, options);
  } finally {
    await client.end();
  }
}

function toOptions(context: CommandContext, config: Config, file: string, flags: ImportFlags): ImportOptions {
  return {
    format: flags.format === "auto" ? undefined : flags.format,
    onError: flags.onError,
    dryRun: flags.dryRun === true,
    preview: flags.preview,
    run: flags.run,
    split: flags.split,
    trainStep: flags.trainStep ?? trainStepOf(file),
    maxRecordBytes: config.IMPORT_MAX_RECORD_BYTES,
    signal: context.signal,
  };
}

/** Trainers name their dumps by step: `180.jsonl`, `step_180.jsonl`, `global_step_180.jsonl.gz`. */
function trainStepOf(file: string): number | undefined {
  const step = /^(?:.*step[_-]?)?(\d{1,9})\.(?:jsonl?|ndjson)(?:\.gz)?$/i.exec(basename(file))?.[1];
  return step === undefined ? undefined : Number(step);
}

/** Says so before anything is stored when a file is missing. */
async function requireFile(file: string): Promise<void> {
  if (file === "-") return;
  const found = await stat(file).catch((cause: Error) => {
    throw new AppError("file_unreadable", `${file} cannot be read: ${cause.message}`, { cause });
  });
  if (found.isDirectory())
    throw new AppError("file_unreadable", `${file} is a directory; name the files in it`);
}

function printReport(context: CommandContext, file: string, report: ImportReport, flags: ImportFlags): void {
  if (flags.json) {
    print(context.stdout, JSON.stringify({ file, ...report }));
    return;
  }
  const { format, records, inserted, duplicates, skipped, rejected, errors, preview } = report;
  const counts = [`${inserted} stored`, `${duplicates} there already`, `${rejected} rejected`];
  if (skipped > 0) counts.push(`${skipped} left out`);
  print(context.stdout, `${file}: ${records} records (${format ?? "empty"}), ${counts.join(", ")}`);
  for (const trace of preview ?? []) print(context.stdout, JSON.stringify(trace, null, 2));
  for (const error of errors)
    print(context.stderr, `${file}:${error.line}: ${error.message} (${error.code})`);
  if (rejected > errors.length) print(context.stderr, `… and ${rejected - errors.length} more`);
}

function parseName(text: string): string {
  if (text === "" || text.length > 200) throw new InvalidArgumentError("It must have 1 to 200 characters.");
  return text;
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 0 on.");
  return Number(text);
}

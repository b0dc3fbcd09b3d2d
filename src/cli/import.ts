import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type Command, InvalidArgumentError } from "commander";
import { AppError } from "../contract/errors.ts";
import { type ImportReport, importTraces } from "../transfer/import-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";

interface ImportFlags {
  run?: string;
  split?: string;
  trainStep?: number;
  json?: boolean;
}

export function addImportCommand(program: Command, context: CommandContext): void {
  program
    .command("import")
    .description("Store the traces of JSONL files, plain or gzipped; their format is recognised")
    .argument("<file...>", 'files to read; "-" is standard input')
    .option("--run <name>", "the run that traces belong to which name none", parseName)
    .option("--split <name>", "the split that traces belong to which name none", parseName)
    .option("--train-step <n>", "the training step of traces which name none", parseStep)
    .option("--json", "print each report as a line of JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt import train.jsonl --run gsm8k\n  $ zcat rollouts.jsonl.gz | tunix-rt import -\n\n" +
        "The same file stored again adds nothing. Exit code 4 says that some records were rejected.",
    )
    .action((files: string[], flags: ImportFlags) => importFiles(context, files, flags));
}

async function importFiles(context: CommandContext, files: string[], flags: ImportFlags): Promise<void> {
  const config = readConfig(context);
  for (const file of files) await requireFile(file);
  await withDatabase(config, { name: "import", writes: true }, async (database) => {
    for (const file of files) {
      const report = await importTraces(database.pool, openSource(file, context), {
        ...flags,
        maxRecordBytes: config.IMPORT_MAX_RECORD_BYTES,
      });
      printReport(context, file, report, flags.json === true);
      if (report.rejected > 0) context.exitCode = exitCodes.rejected;
    }
  });
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

function openSource(file: string, context: CommandContext): Readable {
  return file === "-" ? context.stdin : createReadStream(file, { highWaterMark: 262_144 });
}

function printReport(context: CommandContext, file: string, report: ImportReport, asJson: boolean): void {
  if (asJson) {
    print(context.stdout, JSON.stringify({ file, ...report }));
    return;
  }
  const { format, records, inserted, duplicates, rejected, errors } = report;
  print(
    context.stdout,
    `${file}: ${records} records (${format ?? "empty"}), ${inserted} stored, ${duplicates} there already, ${rejected} rejected`,
  );
  for (const error of errors)
    print(context.stderr, `${file}:${error.line}: ${error.message} (${error.code})`);
  if (rejected > errors.length) print(context.stderr, `… and ${rejected - errors.length} more`);
}

function parseName(text: string): string {
  if (text === "" || text.length > 200) throw new InvalidArgumentError("It must have 1 to 200 characters.");
  return text;
}

function parseStep(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 0 on.");
  return Number(text);
}

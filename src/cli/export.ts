import { createWriteStream } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, createGzip } from "node:zlib";
import { type Command, Option } from "commander";
import { AppError } from "../contract/errors.ts";
import { exportFormats } from "../contract/exports.ts";
import type { TraceFilters } from "../contract/filters.ts";
import { exportTraces, type WriteTo } from "../transfer/export-traces.ts";
import { type CommandContext, readConfig, withDatabase } from "./context.ts";
import { addFilterOptions } from "./filter-options.ts";
import { makeSearchable } from "./make-searchable.ts";
import { toWriteError } from "./write-error.ts";

interface ExportFlags {
  output?: string;
  gzip?: boolean;
}

export function addExportCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("export")
    .description("Write traces as lines of JSON, oldest first")
    .addOption(
      new Option("--format <name>", "what the lines are; native is what import reads back")
        .choices(exportFormats)
        .default("native"),
    )
    .option("--output <file>", "write there instead of standard output, once all is read")
    .option("--gzip", "gzip, as is done for a file whose name ends in .gz");
  const readFilters = addFilterOptions(command);
  command
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt export --output traces.jsonl.gz\n  $ tunix-rt export --created-from 2026-01-31 --tag math | wc -l\n\n" +
        "Importing the lines gives the same traces.",
    )
    .action((flags: ExportFlags) => runExport(context, flags, readFilters()));
}

async function runExport(
  context: CommandContext,
  { output, gzip }: ExportFlags,
  filters: TraceFilters,
): Promise<void> {
  const isGzipped = gzip === true || output?.endsWith(".gz") === true;
  await withDatabase(readConfig(context), { name: "export", writes: false }, async (database) => {
    await makeSearchable(context, database, filters);
    const client = await database.connect();
    // Amid a query this cuts the connection.
    const stop = () => client.end().catch(() => {});
    context.signal.addEventListener("abort", stop);
    try {
      const writeTo = await exportTraces(client, { filters, signal: context.signal });
      if (output === undefined) await writeOut(writeTo, context, isGzipped);
      else await writeFile(writeTo, isGzipped, output);
    } catch (error) {
      if (!context.signal.aborted) throw error;
      throw new AppError("shutting_down", "The export was stopped before its end", { cause: error });
    } finally {
      await client.end();
    }
  });
}

/** A standard output that takes no more ends the export; whether that is a fault, `runProgram` tells. */
async function writeOut(writeTo: WriteTo, { stdout }: CommandContext, isGzipped: boolean): Promise<void> {
  let fault: Error | undefined;
  stdout.once("error", (error) => {
    fault = error;
  });
  try {
    if (isGzipped) await gzipInto(stdout, writeTo, { end: false });
    else await writeTo(stdout);
  } catch (error) {
    // Whoever waits for a write hears of it first.
    await nextTurn();
    if (error !== fault) throw error;
  }
}

/** Under another name until it is complete, so that a part is never taken for the whole. */
async function writeFile(writeTo: WriteTo, isGzipped: boolean, output: string): Promise<void> {
  const found = await stat(output).catch(() => undefined);
  const isReplaceable = found === undefined || found.isFile();
  // A link keeps pointing where it does; a device or pipe is written to as it is.
  const target = found === undefined ? output : await realpath(output);
  const partial = isReplaceable ? `${target}.${process.pid}.partial` : target;
  const file = createWriteStream(partial, { flush: isReplaceable });
  try {
    if (isGzipped) await gzipInto(file, writeTo, { end: true });
    else {
      await writeTo(file);
      file.end();
      await finished(file);
    }
    if (isReplaceable) await rename(partial, target);
  } catch (error) {
    // It might be created only now.
    await finished(file.destroy()).catch(() => {});
    if (isReplaceable) await rm(partial, { force: true });
    throw toFileError(error as NodeJS.ErrnoException, output);
  }
}

function toFileError(error: NodeJS.ErrnoException, output: string): Error {
  return error.syscall === undefined || error.code === "ECONNRESET" ? error : toWriteError(error, output);
}

async function gzipInto(target: Writable, writeTo: WriteTo, options: { end: boolean }): Promise<void> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 65_536 });
  const written = pipeline(gzip, target, options);
  // The target's failure is met below: it ends the compressor as well.
  written.catch(() => {});
  await writeTo(gzip);
  gzip.end();
  await written;
}

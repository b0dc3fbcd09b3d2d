// The command line: from arguments to an exit code.
import { setImmediate as nextTurn } from "node:timers/promises";
import { Command, CommanderError } from "commander";
import { AppError } from "../contract/errors.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { version } from "../version.ts";
import { addCompareCommand } from "./compare.ts";
import { type CommandContext, print } from "./context.ts";
import { addCurveCommand } from "./curve.ts";
import { addDeleteCommand } from "./delete.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { addExportCommand } from "./export.ts";
import { addFacetsCommand } from "./facets.ts";
import { addFormatsCommand } from "./formats.ts";
import { addGetCommand } from "./get.ts";
import { addGrepCommand } from "./grep.ts";
import { addGroupsCommand } from "./groups.ts";
import { addImportCommand } from "./import.ts";
import { addListCommand } from "./list.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addOpenCommand } from "./open.ts";
import { addRunsCommand } from "./runs.ts";
import { addScoreCommand } from "./score.ts";
import { addServeCommand } from "./serve.ts";
import { addStatsCommand } from "./stats.ts";
import { toWriteError } from "./write-error.ts";

/** Runs the command the arguments name; returns the exit code, with any error told in one sentence on stderr. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let fault: NodeJS.ErrnoException | undefined;
  // `tunix-rt list | head` closes the pipe early. That is no fault, and the command still ends in order: it may be
  // the one that stops the database.
  context.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") fault ??= error;
  });
  const exitCode = await runCommand(args, context);
  // Files are written to at once, and tell of it a turn later.
  await nextTurn();
  return fault === undefined ? exitCode : tellError(toWriteError(fault, "Standard output"), context);
}

async function runCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const program = createProgram(context);
  try {
    await program.parseAsync([...args], { from: "user" });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (context.signal.aborted && !(error instanceof AppError)) {
      print(context.stderr, "tunix-rt: Stopped");
      return exitCodes.interrupted;
    }
    return tellError(error, context);
  }
}

function tellError(error: unknown, context: CommandContext): number {
  const known = error instanceof AppError ? error : toDatabaseError(error);
  if (known === undefined) {
    const { message, stack } = error as Error;
    const isDebugging = /debug|trace/.test(context.environment.LOG_LEVEL ?? "");
    print(context.stderr, `tunix-rt: A fault of this program: ${message}; LOG_LEVEL=debug shows where`);
    if (isDebugging) print(context.stderr, stack ?? "");
    return exitCodes.failed;
  }
  const isOutside = !(error instanceof AppError) && error instanceof Error && error.message !== "";
  print(context.stderr, `tunix-rt: ${known.message}${isOutside ? ` (${error.message})` : ""}`);
  return exitCodeOf(known.code);
}

function createProgram(context: CommandContext): Command {
  const program = new Command("tunix-rt")
    .description("Store, find and read the reasoning traces of language models")
    .version(version)
    // "list --version 1.1" is the list's own option.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText(
      "after",
      "\nExample:\n  $ tunix-rt import train.jsonl\n  $ tunix-rt list\n  $ tunix-rt serve",
    );
  const commands = [
    addServeCommand,
    addOpenCommand,
    addImportCommand,
    addFormatsCommand,
    addExportCommand,
    addListCommand,
    addGrepCommand,
    addGetCommand,
    addStatsCommand,
    addFacetsCommand,
    addCompareCommand,
    addRunsCommand,
    addCurveCommand,
    addGroupsCommand,
    addDeleteCommand,
    addScoreCommand,
    addMigrateCommand,
  ];
  for (const add of commands) add(program, context);
  return program;
}

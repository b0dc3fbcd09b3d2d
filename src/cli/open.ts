import { stat } from "node:fs/promises";
import type { Command } from "commander";
import type { Config } from "../config.ts";
import { AppError } from "../contract/errors.ts";
import type { Database } from "../store/database.ts";
import { toDatabaseError } from "../store/database-errors.ts";
import { applyMigrations, type CommandContext, openDatabase, print, readConfig } from "./context.ts";
import { keepServed, startOrFindServer } from "./find-server.ts";
import { parseName, parseSplit } from "./import.ts";
import { importOneOfSeveral, printReport } from "./import-file.ts";
import { runOf, trainStepOf } from "./list-importable.ts";
import { addRecordOptions, formatOf, type RecordFlags } from "./record-options.ts";
import { createLogger, serverLabel } from "./start-server.ts";
import { type WatchTimes, watchFolder, watchTimes } from "./watch-folder.ts";

interface OpenFlags extends RecordFlags {
  run?: string;
  split?: string;
}

export function addOpenCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("open")
    .description("Serve a folder of rollouts: store its files, and what is written there from now on")
    .argument("<folder>", "a folder with the files of one run, such as step_180.jsonl");
  addRecordOptions(command)
    .option("--run <name>", "the run of traces that name none (else the folder's name)", parseName)
    .option("--split <name>", "the split of traces that name none", parseSplit)
    .addHelpText(
      "after",
      "\nExample:\n  $ tunix-rt open rollouts/qwen3-8b-dapo\n\n" +
        "It joins a server that runs on the store, or is one itself. Ctrl+C ends it; nothing in the folder is changed.",
    )
    .action((folder: string, flags: OpenFlags) => openFolder(context, folder, flags, watchTimes));
}

export async function openFolder(
  context: CommandContext,
  folder: string,
  flags: OpenFlags,
  times: WatchTimes,
): Promise<void> {
  const config = readConfig(context);
  const run = flags.run ?? runOf(folder);
  await requireFolder(folder);
  // Every request is a line of the log: too many for somebody who watches files come in.
  const logger = createLogger(config.LOG_LEVEL === "info" ? "warn" : config.LOG_LEVEL);
  const database = await openDatabase(config, serverLabel(config), true, (event, err) =>
    logger.warn({ event, err }, event),
  );
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  try {
    await applyMigrations(database);
    const options = { config, database, logger, signal };
    const server = await startOrFindServer(options);
    const tell = (address: string) => print(context.stdout, `The run ${run} is at ${address}${pageOf(run)}`);
    tell(server.address);
    print(context.stdout, `Watching ${folder}; Ctrl+C ends this${server.stopped ? " and the server" : ""}`);
    const complain = createComplaints(context);
    const onFile = createImporter({ ...context, signal }, config, database, { ...flags, run }, complain);
    const ends = [
      watchFolder({ folder, signal, times, onFile, onLeftOut: complain }),
      keepServed(options, server, times.pollMs, (address) => {
        print(context.stdout, "The server has stopped; this command serves from now on");
        tell(address);
      }),
    ].map((work) => work.finally(() => stop.abort()));
    const failed = (await Promise.allSettled(ends)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  } catch (error) {
    if (!context.signal.aborted || (error as Error).name !== "AbortError") throw error;
  } finally {
    // Where the start went wrong, the server must not outlive it.
    stop.abort();
    await database.close();
  }
}

type Complain = (file: string, text: string) => void;

/** Says the same thing of a file only once. */
function createComplaints({ stderr }: CommandContext): Complain {
  const told = new Map<string, string>();
  return (file, text) => {
    if (told.get(file) !== text) print(stderr, `${file}: ${text}`);
    told.set(file, text);
  };
}

/** Imports a file and tells of it. */
function createImporter(
  context: CommandContext,
  config: Config,
  database: Database,
  flags: OpenFlags,
  complain: Complain,
): (file: string) => Promise<boolean> {
  const { run, split } = flags;
  return async (file) => {
    const options = {
      format: formatOf(flags),
      onError: "skip" as const,
      run,
      split,
      trainStep: trainStepOf(file),
      maxRecordBytes: config.IMPORT_MAX_RECORD_BYTES,
      signal: context.signal,
    };
    try {
      const outcome = await importOneOfSeveral({ context, database, file, options });
      if ("leftOut" in outcome) complain(file, `left out: ${outcome.leftOut}`);
      else if ("unreadable" in outcome)
        complain(file, `${outcome.unreadable.message} (${outcome.unreadable.code})`);
      else printReport(context, file, outcome.report);
      return true;
    } catch (error) {
      if (context.signal.aborted) return true;
      const known = toDatabaseError(error);
      if (known === undefined) throw error;
      complain(file, `${known.message}; it will be tried again`);
      return false;
    }
  };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((cause: Error) => {
    throw new AppError("file_unreadable", `${folder} cannot be read: ${cause.message}`, { cause });
  });
  if (!found.isDirectory())
    throw new AppError("file_unreadable", `${folder} is not a folder; "tunix-rt import" takes files`);
}

/** The web application's page of a run. */
function pageOf(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}

import { type Command, InvalidArgumentError } from "commander";
import { AppError } from "../contract/errors.ts";
import type { TraceFilters } from "../contract/filters.ts";
import {
  countTracesToScore,
  type ScoringOptions,
  type ScoringReport,
  scoreTraces,
} from "../scoring/score-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { addFilterOptions } from "./filter-options.ts";
import { parseText } from "./import.ts";
import { makeSearchable } from "./make-searchable.ts";
import { formatDuration, showProgress } from "./progress-line.ts";
import { addScoreDeleteCommand } from "./score-delete.ts";
import { addScoreImportCommand } from "./score-import.ts";

interface ScoreFlags {
  cmd?: string;
  name?: string;
  by?: string;
  workers: number;
  timeout: number;
  inFlight: number;
  rescore?: boolean;
  json?: boolean;
}

export function addScoreCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("score")
    .description("Score traces with a program of yours, or import or delete scores")
    // "score delete --name x" is the subcommand's own option.
    .enablePositionalOptions()
    .option(
      "--cmd <command>",
      "the program, as a shell takes it: it reads a record a line, and writes a score",
    )
    .option("--name <name>", "what is scored, such as correct or reward", parseText(128))
    .option("--by <name>", "who gives the score, with its version (by default the command)", parseText(128))
    .option("--workers <n>", `copies of the program, 1 to ${MAX_WORKERS}`, parseWhole(MAX_WORKERS), 1)
    .option("--timeout <s>", "seconds a record may take", parseSeconds, 30)
    .option("--in-flight <n>", "records a copy is given before it answers, 1 to 1000", parseWhole(1_000), 16)
    .option("--rescore", "also traces that have such a score already")
    .option("--json", "print the report as JSON");
  const readFilters = addFilterOptions(command);
  command.addHelpText("after", HELP).action((flags: ScoreFlags) => runScoring(context, flags, readFilters()));
  addScoreImportCommand(command, context);
  addScoreDeleteCommand(command, context);
}

const HELP = `
Examples:
  $ tunix-rt score --cmd "python verify.py" --name correct --by verify@1 --run gsm8k
  $ tunix-rt score --cmd ./judge --name reward --workers 4 --timeout 120 --min-steps 2
  $ tunix-rt score import scores.jsonl
  $ tunix-rt score delete --name correct --by verify@1

The program reads lines {"id","prompt","final_answer","steps","reference"} and writes lines
{"id","value"} or {"id","value":null,"status":"invalid","comment":"why"}, in any order. A crash, a
time-out and a bad answer give the status error, never a 0. The same command again scores what is
missing or failed. Exit code 4 says that some could not be scored.`;

const MAX_WORKERS = 256;
const MAX_SECONDS = 86_400;

async function runScoring(context: CommandContext, flags: ScoreFlags, filters: TraceFilters): Promise<void> {
  const { signal } = context;
  const options = toOptions(context, flags, filters);
  await withDatabase(readConfig(context), { name: "score", writes: false }, async (database) => {
    await makeSearchable(context, database, filters);
    const total =
      context.stderr.isTTY === true ? await countTracesToScore(database.pool, options) : undefined;
    const startedAt = performance.now();
    const { report, done } = scoreTraces(database, options);
    const endProgress = showProgress(context.stderr, () =>
      describeProgress(options.name, scored(report), total, performance.now() - startedAt),
    );
    try {
      await done;
    } catch (error) {
      endProgress();
      if (!signal.aborted) throw withStored(error, report);
      const message = `Stopped; ${scored(report)} scores are stored, and the same command again gives the others`;
      print(context.stderr, `tunix-rt: ${message}`);
      context.exitCode = exitCodes.interrupted;
      return;
    } finally {
      endProgress();
    }
    tell(context, options, report, flags.json === true);
    if (report.error > 0) context.exitCode = exitCodes.rejected;
  });
}

function toOptions(context: CommandContext, flags: ScoreFlags, filters: TraceFilters): ScoringOptions {
  const { cmd, name, by = cmd, workers, timeout, inFlight, rescore } = flags;
  if (cmd === undefined || name === undefined || by === undefined)
    throw new AppError("usage", "Scoring needs --cmd and --name; tunix-rt score --help shows how");
  if (by.length > 128)
    throw new AppError("usage", "The command is too long for a name; say with --by who gives the score");
  return {
    program: {
      command: cmd,
      directory: context.directory,
      environment: context.environment,
      stderr: context.stderr,
    },
    ...{ name, by, filters, workers, maxInFlight: inFlight, rescore: rescore === true },
    timeoutMs: timeout * 1000,
    signal: context.signal,
    onStray: (line) => print(context.stderr, `tunix-rt: The program wrote what is no answer: ${line}`),
  };
}

function scored({ ok, invalid, error, pending }: ScoringReport): number {
  return ok + invalid + error + pending;
}

function describeProgress(name: string, done: number, total: number | undefined, elapsedMs: number): string {
  const shown = done.toLocaleString("en-US");
  const figures = [
    total === undefined ? `${shown} scored` : `${shown} of ${total.toLocaleString("en-US")} scored`,
  ];
  if (done > 0) figures.push(`${Math.round((done / elapsedMs) * 1000).toLocaleString("en-US")}/s`);
  if (done > 0 && total !== undefined && total > done)
    figures.push(`${formatDuration((elapsedMs / done) * (total - done))} left`);
  return `${name}  ${figures.join("  ")}`;
}

function withStored(error: unknown, report: ScoringReport): unknown {
  if (!(error instanceof AppError)) return error;
  const count = scored(report);
  const told = count === 0 ? "no score is stored" : `${count} scores are stored`;
  return error.withDetail(told);
}

function tell(
  context: CommandContext,
  { name, by }: ScoringOptions,
  report: ScoringReport,
  asJson: boolean,
): void {
  if (asJson) {
    print(context.stdout, JSON.stringify({ name, by, scored: scored(report), ...report }));
    return;
  }
  const { ok, invalid, error, pending, gone, strays } = report;
  const counts = [`${ok} ok`, `${invalid} invalid`, `${error} failed`];
  if (pending > 0) counts.push(`${pending} pending`);
  if (gone > 0) counts.push(`${gone} deleted meanwhile`);
  print(context.stdout, `${name} by ${by}: ${scored(report)} traces scored: ${counts.join(", ")}`);
  if (strays > 0)
    print(context.stderr, `tunix-rt: ${strays} lines of the program were about no record it had`);
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new InvalidArgumentError(`It must be more than 0, and at most ${MAX_SECONDS}.`);
}

function parseWhole(max: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
    throw new InvalidArgumentError(`It must be 1 to ${max}.`);
  };
}

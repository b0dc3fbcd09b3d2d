import { type Command, InvalidArgumentError } from "commander";
import type { MatchSummary, TraceMatch } from "../contract/matches.ts";
import { streamMatches } from "../transfer/stream-matches.ts";
import { writeOut } from "../transfer/write-out.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { addFilterOptions } from "./filter-options.ts";
import { makeSearchable } from "./make-searchable.ts";
import { toTerminalText } from "./terminal-text.ts";

interface GrepFlags {
  ignoreCase?: boolean;
  limit: number;
  json?: boolean;
}

export function addGrepCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("grep")
    .description("Find a regular expression in prompts, steps and answers, newest traces first")
    .argument("<pattern>", "a regular expression in RE2's syntax")
    .option("-i, --ignore-case", "take upper and lower case for the same")
    .option("--limit <n>", "stop after so many matches", parseCount, Number.POSITIVE_INFINITY)
    .option("--json", "print each match as JSON, as the API gives it");
  const readFilters = addFilterOptions(command);
  command
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt grep 'wait,? (no|actually)' -i --run qwen3-8b-dapo\n  $ tunix-rt grep '\\\\boxed\\{[^}]*\\}' --source math --json | wc -l\n\n" +
        "Exit code 1 when nothing matches.",
    )
    .action((pattern: string, flags: GrepFlags) => {
      const filters = readFilters();
      return withDatabase(readConfig(context), { name: "grep", writes: false }, async (database) => {
        await makeSearchable(context, database, filters);
        const found = streamMatches(database.pool, {
          match: flags.ignoreCase ? `(?i)${pattern}` : pattern,
          filters,
          limits: { matches: flags.limit, bytes: Number.POSITIVE_INFINITY, timeMs: Number.POSITIVE_INFINITY },
          signal: context.signal,
        });
        const summary = await printMatches(context, found, flags.json === true);
        if (summary === undefined) return;
        if (summary.matches === 0) context.exitCode = exitCodes.failed;
        if (!summary.is_complete)
          print(context.stderr, `Stopped after ${summary.matches} matches in ${summary.traces} traces`);
      });
    });
}

/** As fast as they are read; undefined when nobody reads any more, as behind `| head`. */
async function printMatches(
  { stdout, signal }: CommandContext,
  found: AsyncGenerator<TraceMatch[], MatchSummary>,
  asJson: boolean,
): Promise<MatchSummary | undefined> {
  let next = await found.next();
  for (; !next.done; next = await found.next()) {
    const lines = next.value.map((match) => `${asJson ? JSON.stringify(match) : formatMatch(match)}\n`);
    try {
      await writeOut(stdout, Buffer.from(lines.join("")), { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      // Whether that is a fault, `runProgram` tells.
      await found.return({} as never);
      return undefined;
    }
  }
  return next.value;
}

function formatMatch({ id, place, step, parts }: TraceMatch): string {
  const where = step === undefined ? place : `${place} ${step}`;
  return `${id}:${where}:${toTerminalText(parts.map(({ text }) => text).join(""))}`;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be 1 or more.");
  return Number(text);
}

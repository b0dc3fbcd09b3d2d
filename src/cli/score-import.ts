import type { Command } from "commander";
import type { ScoreReport } from "../contract/scores.ts";
import type { Database } from "../store/database.ts";
import { importScores } from "../transfer/import-scores.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { readSource } from "./read-source.ts";

const MAX_TOLD = 100;

export function addScoreImportCommand(score: Command, context: CommandContext): void {
  score
    .command("import")
    .description("Store the scores of files: JSON lines or arrays, plain or gzipped")
    .argument("<file...>", 'files to read; "-" is standard input')
    .option("--json", "print each report as a line of JSON")
    .addHelpText(
      "after",
      "\nExample:\n  $ tunix-rt score import labels.jsonl\n  $ zcat rewards.jsonl.gz | tunix-rt score import -\n\n" +
        'A record is {"trace_id","name","value"} and, where they are known, "step_i", "status", "by", "comment".\n' +
        "It takes the place of a score with the same trace, step, name and by. Exit code 4 says that some\n" +
        "records were not stored.",
    )
    .action((files: string[], flags: { json?: boolean }) =>
      withDatabase(readConfig(context), { name: "score import", writes: false }, async (database) => {
        for (const file of files) {
          const report = await importFile(context, database, file, flags.json === true);
          if (report === undefined) return;
          if (flags.json) print(context.stdout, JSON.stringify({ file, ...report }));
          else tell(context, file, report);
          if (report.stored < report.records) context.exitCode = exitCodes.rejected;
        }
      }),
    );
}

/** Undefined when it was stopped. */
async function importFile(
  context: CommandContext,
  database: Database,
  file: string,
  isQuiet: boolean,
): Promise<ScoreReport | undefined> {
  const { signal } = context;
  try {
    const { result } = await readSource({ context, file, isQuiet }, (source, onRecords) =>
      importScores(database.pool, source, { signal, onChunk: ({ records }) => onRecords(records) }),
    );
    return result;
  } catch (error) {
    if (!signal.aborted) throw error;
    print(context.stderr, "tunix-rt: Stopped; the same command again stores what is missing");
    context.exitCode = exitCodes.interrupted;
    return undefined;
  }
}

function tell({ stdout, stderr }: CommandContext, file: string, report: ScoreReport): void {
  const { records, stored, not_found, invalid, results } = report;
  print(
    stdout,
    `${file}: ${records} records, ${stored} stored, ${not_found} of traces that are not there, ${invalid} not valid`,
  );
  const refused = results.filter(({ status }) => status !== 200).slice(0, MAX_TOLD);
  for (const { line, message, code } of refused) print(stderr, `${file}:${line}: ${message} (${code})`);
  const untold = not_found + invalid - refused.length;
  if (untold > 0) print(stderr, `… and ${untold} more`);
}

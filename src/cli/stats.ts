import type { Command } from "commander";
import type { TraceStats } from "../contract/stats.ts";
import { countTraces } from "../store/count-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { describeReckoning } from "./describe-reckoning.ts";
import { addFilterOptions } from "./filter-options.ts";
import { makeSearchable } from "./make-searchable.ts";
import { toTerminalText } from "./terminal-text.ts";

const SHOWN_VALUES = 10;

export function addStatsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("stats")
    .description("Count traces by what they are, and by size")
    .option("--json", "print all of it as JSON, as the API gives it");
  const readFilters = addFilterOptions(command);
  command
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt stats\n  $ tunix-rt stats --run qwen3-dapo-07 --json | jq .by.tag",
    )
    .action((flags: { json?: boolean }) => {
      const filters = readFilters();
      return withDatabase(readConfig(context), { name: "stats", writes: false }, async (database) => {
        await makeSearchable(context, database, filters);
        const stats = await countTraces(database.pool, filters);
        print(context.stdout, flags.json ? JSON.stringify(stats) : format(stats));
      });
    });
}

function format({ traces, approximate, sampled_share, by, histograms }: TraceStats): string {
  const note = approximate ? `, ${describeReckoning(sampled_share)}` : "";
  const values = Object.entries(by).map(([field, counts]) => {
    const rows = counts.slice(0, SHOWN_VALUES).map(({ value, count }) => row(value ?? "(none)", count));
    const more = counts.length > SHOWN_VALUES ? [`  and ${counts.length - SHOWN_VALUES} more`] : [];
    return [`by ${field.replace("_", " ")}`, ...rows, ...more].join("\n");
  });
  const sizes = Object.entries(histograms).map(([name, buckets]) =>
    [
      name,
      ...buckets.map(({ from, below, count }) =>
        row(`${from} to ${below === null ? "…" : below - 1}`, count),
      ),
    ].join("\n"),
  );
  return [`${traces} traces${note}`, ...values, ...sizes].join("\n\n");
}

function row(label: string, count: number): string {
  return `  ${String(count).padStart(9)}  ${toTerminalText(label)}`;
}

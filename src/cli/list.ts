import { type Command, InvalidArgumentError, Option } from "commander";
import { type TraceItem, type TracePage, type TraceSort, traceSorts } from "../contract/pages.ts";
import type { SearchExcerpt } from "../contract/search.ts";
import { listTraces } from "../store/list-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { addFilterOptions } from "./filter-options.ts";
import { makeSearchable } from "./make-searchable.ts";
import { shorten, toTerminalText } from "./terminal-text.ts";

interface ListFlags {
  limit: number;
  sort: TraceSort;
  cursor?: string;
  json?: boolean;
}

export function addListCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("list")
    .description("List traces, newest first unless sorted otherwise")
    .option("--limit <n>", "traces on a page, 1 to 100", parseLimit, 20)
    .addOption(new Option("--sort <order>", "what stands first").choices(traceSorts).default("newest"))
    .option("--cursor <cursor>", "continue where the page before ended")
    .option("--json", "print the page as JSON, as the API gives it");
  const readFilters = addFilterOptions(command);
  command
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt list --limit 5 --created-from 2026-01-31\n" +
        "  $ tunix-rt list --source gsm8k --min-score reward=0.5 --sort longest\n" +
        "  $ tunix-rt list --q '\"carry the one\" -guess'",
    )
    .action((flags: ListFlags) => {
      const { limit, sort, cursor } = flags;
      const query = { ...readFilters(), limit, sort, ...(cursor !== undefined && { cursor }) };
      return withDatabase(readConfig(context), { name: "list", writes: false }, async (database) => {
        await makeSearchable(context, database, query);
        const page = await listTraces(database.pool, query);
        if (flags.json) print(context.stdout, JSON.stringify(page));
        else printPage(context, page);
      });
    });
}

function printPage(context: CommandContext, { data, pagination }: TracePage): void {
  for (const item of data) {
    print(context.stdout, formatItem(item));
    for (const excerpt of item.excerpts ?? []) print(context.stdout, `    ${formatExcerpt(excerpt)}`);
  }
  if (pagination.next_cursor !== null) print(context.stderr, `More with --cursor ${pagination.next_cursor}`);
}

function formatItem(item: TraceItem): string {
  const shown = shorten(toTerminalText(item.prompt_excerpt), 60);
  return [item.id, item.created_at, `${item.step_count} steps`.padStart(10), item.run ?? "-", shown].join(
    "  ",
  );
}

function formatExcerpt({ place, step, message, parts }: SearchExcerpt): string {
  const text = parts.map((part) => (part.hit ? `[${part.text}]` : part.text)).join("");
  const index = step ?? message;
  return `${place}${index === undefined ? "" : ` ${index}`}: ${toTerminalText(text)}`;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 100) throw new InvalidArgumentError("It must be 1 to 100.");
  return limit;
}

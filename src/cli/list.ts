import { type Command, InvalidArgumentError, Option } from "commander";
import { isInstant } from "../contract/instant.ts";
import type { ListQuery, TraceItem, TracePage } from "../contract/pages.ts";
import { knownVersions } from "../contract/trace.ts";
import { listTraces } from "../store/list-traces.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";

interface ListFlags {
  limit: number;
  cursor?: string;
  version?: (typeof knownVersions)[number];
  createdFrom?: string;
  createdBefore?: string;
  json?: boolean;
}

export function addListCommand(program: Command, context: CommandContext): void {
  program
    .command("list")
    .description("List traces, newest first")
    .option("--limit <n>", "traces on a page, 1 to 100", parseLimit, 20)
    .option("--cursor <cursor>", "continue where the page before ended")
    .addOption(new Option("--version <version>", "only traces of this version").choices([...knownVersions]))
    .option("--created-from <time>", "created at this time or later (ISO 8601)", parseTime)
    .option("--created-before <time>", "created before this time (ISO 8601)", parseTime)
    .option("--json", "print the page as JSON, as the API gives it")
    .addHelpText("after", "\nExample:\n  $ tunix-rt list --limit 5 --created-from 2026-01-31")
    .action((flags: ListFlags) =>
      withDatabase(readConfig(context), { name: "list", writes: false }, async ({ pool }) => {
        const page = await listTraces(pool, toQuery(flags));
        if (flags.json) print(context.stdout, JSON.stringify(page));
        else printPage(context, page);
      }),
    );
}

function toQuery({ limit, cursor, version, createdFrom, createdBefore }: ListFlags): ListQuery {
  return {
    limit,
    ...(cursor !== undefined && { cursor }),
    ...(version !== undefined && { version }),
    ...(createdFrom !== undefined && { created_from: createdFrom }),
    ...(createdBefore !== undefined && { created_before: createdBefore }),
  };
}

function printPage(context: CommandContext, { data, pagination }: TracePage): void {
  for (const item of data) print(context.stdout, formatItem(item));
  if (pagination.next_cursor !== null) print(context.stderr, `More with --cursor ${pagination.next_cursor}`);
}

function formatItem(item: TraceItem): string {
  // What a model or a user wrote must not steer the terminal.
  const prompt = item.prompt_excerpt.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "·");
  const shown = prompt.length > 60 ? `${prompt.slice(0, 59)}…` : prompt;
  return [item.id, item.created_at, `${item.step_count} steps`.padStart(10), item.run ?? "-", shown].join(
    "  ",
  );
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > 100) throw new InvalidArgumentError("It must be 1 to 100.");
  return limit;
}

export function parseTime(text: string): string {
  if (!isInstant(text))
    throw new InvalidArgumentError("It must be a time in ISO 8601, such as 2026-01-31T12:00:00Z.");
  return text;
}

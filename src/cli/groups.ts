import type { Command } from "commander";
import { type Group, GroupsQuery } from "../contract/groups.ts";
import { listGroups } from "../store/list-groups.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { addQueryOptions } from "./query-options.ts";
import { decimals, formatTable, percent, type TextColumn } from "./text-table.ts";

export function addGroupsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("groups")
    .description("List the groups of a training step: the samples of one prompt each")
    .argument("<run>", "the run's name")
    .option("--json", "print the page as JSON, as the API gives it");
  const readQuery = addQueryOptions(command, GroupsQuery);
  command
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt groups demo-01 --train-step 180 --sort all_wrong\n" +
        "  $ tunix-rt groups demo-01 --sort biggest_change --limit 5",
    )
    .action((run: string, { json }: { json?: boolean }) =>
      withDatabase(readConfig(context), { name: "groups", writes: false }, async ({ pool }) => {
        const page = await listGroups(pool, run, readQuery());
        if (json) return print(context.stdout, JSON.stringify(page));
        print(context.stdout, `step ${page.train_step ?? "-"}, ${page.groups} groups`);
        print(context.stdout, formatTable(columns, page.data));
        const { next_cursor } = page.pagination;
        if (next_cursor !== null)
          print(context.stderr, `More with --train-step ${page.train_step} --cursor ${next_cursor}`);
      }),
    );
}

const columns: TextColumn<Group>[] = [
  { head: "group", cell: ({ group }) => group },
  { head: "split", cell: ({ split }) => split },
  { head: "correct", align: "right", cell: ({ correct, valid }) => `${correct} of ${valid}` },
  { head: "invalid", align: "right", cell: ({ invalid }) => invalid },
  { head: "mean", align: "right", cell: ({ mean }) => decimals(mean) },
  { head: "sd", align: "right", cell: ({ standard_deviation }) => decimals(standard_deviation) },
  { head: "change", align: "right", cell: ({ change }) => decimals(change) },
  { head: "distinct", align: "right", cell: ({ distinct_completions }) => distinct_completions },
  { head: "tokens p50", align: "right", cell: ({ tokens_p50 }) => decimals(tokens_p50, 0) },
  { head: "p95", align: "right", cell: ({ tokens_p95 }) => decimals(tokens_p95, 0) },
  { head: "truncated", align: "right", cell: ({ truncated_share }) => percent(truncated_share) },
  { head: "majority", cell: ({ majority }) => majority?.answer ?? null },
  { head: "", cell: ({ majority }) => verdict(majority?.is_right) },
  { head: "prompt", cell: ({ prompt_excerpt }) => prompt_excerpt },
];

function verdict(isRight: boolean | null | undefined): string | null {
  return isRight == null ? null : isRight ? "right" : "wrong";
}

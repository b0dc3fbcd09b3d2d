import type { Command } from "commander";
import { type Group, GroupsQuery } from "../contract/groups.ts";
import { listGroups } from "../store/runs/list-groups.ts";
import type { CommandContext } from "./context.ts";
import { addFigureCommand } from "./figure-command.ts";
import { decimals, formatTable, percent, type TextColumn } from "./text-table.ts";

export function addGroupsCommand(program: Command, context: CommandContext): void {
  addFigureCommand(program, context, {
    name: "groups",
    description: "List the groups of a training step: the samples of one prompt each",
    args: { run: "the run's name" },
    query: GroupsQuery,
    examples: [
      "groups demo-01 --train-step 180 --sort all_wrong",
      "groups demo-01 --sort biggest_change --limit 5",
    ],
    read: (pool, query, [run = ""]) => listGroups(pool, run, query),
    describe: ({ train_step, groups, data }) =>
      `step ${train_step ?? "-"}, ${groups} groups\n${formatTable(columns, data)}`,
    more: ({ train_step, pagination: { next_cursor } }) => {
      // A page belongs to its step, also when the next one has begun meanwhile.
      const step = train_step === null ? "" : `--train-step ${train_step} `;
      return next_cursor === null ? undefined : `${step}--cursor ${next_cursor}`;
    },
  });
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

import type { Command } from "commander";
import { type ComparedPrompt, CompareRunsQuery, type RunComparison } from "../contract/run-comparison.ts";
import { compareRuns } from "../store/runs/compare-runs.ts";
import type { CommandContext } from "./context.ts";
import { addFigureCommand } from "./figure-command.ts";
import { decimals, formatTable, range, type TextColumn } from "./text-table.ts";

/** `tunix-rt runs compare`. */
export function addCompareRunsCommand(runs: Command, context: CommandContext): void {
  addFigureCommand(runs, context, {
    name: "compare",
    description: "Compare two runs, or two steps of one, prompt by prompt",
    args: { base: "the run compared with", other: "the run compared" },
    query: CompareRunsQuery,
    examples: [
      "runs compare demo-01 demo-02",
      "runs compare demo-01 demo-01 --base-step 100 --other-step 180",
    ],
    read: compareRuns,
    describe,
    more: ({ pagination: { next_cursor } }) => (next_cursor === null ? undefined : `--cursor ${next_cursor}`),
  });
}

const columns: TextColumn<ComparedPrompt>[] = [
  { head: "group", cell: ({ group }) => group },
  { head: "base", align: "right", cell: ({ base }) => decimals(base?.mean ?? null) },
  { head: "other", align: "right", cell: ({ other }) => decimals(other?.mean ?? null) },
  { head: "difference", align: "right", cell: ({ difference }) => decimals(difference) },
  { head: "prompt", cell: ({ prompt_excerpt }) => prompt_excerpt },
];

function describe(comparison: RunComparison): string {
  const { score, base, other, prompts, won, lost, tied } = comparison;
  const interval = range(comparison.difference_low, comparison.difference_high) ?? "-";
  return [
    `${score} over the ${prompts} prompts that both have:`,
    `  base ${decimals(base.mean) ?? "-"}, other ${decimals(other.mean) ?? "-"}, difference ${decimals(comparison.difference) ?? "-"} (95 %: ${interval})`,
    `  other won ${won}, lost ${lost}, tied ${tied}; only in base ${comparison.only_in_base}, only in other ${comparison.only_in_other}`,
    "",
    formatTable(columns, comparison.data),
  ].join("\n");
}

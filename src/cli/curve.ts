import type { Command } from "commander";
import { type CurvePoint, CurveQuery } from "../contract/curve.ts";
import { readCurve } from "../store/runs/read-curve.ts";
import type { CommandContext } from "./context.ts";
import { addFigureCommand } from "./figure-command.ts";
import { decimals, formatTable, percent, range, type TextColumn } from "./text-table.ts";

export function addCurveCommand(program: Command, context: CommandContext): void {
  addFigureCommand(program, context, {
    name: "curve",
    description: "Show a run's figures by training step",
    args: { run: "the run's name" },
    query: CurveQuery,
    examples: ["curve demo-01 --k 1,4,16", "curve demo-01 --score correct --split validation"],
    read: (pool, query, [run = ""]) => readCurve(pool, run, query),
    describe: ({ data }) => formatTable(columnsOf(data[0]), data),
  });
}

/** One column for each k. */
function columnsOf(first: CurvePoint | undefined): TextColumn<CurvePoint>[] {
  return [
    { head: "split", cell: ({ split }) => split },
    { head: "step", align: "right", cell: ({ train_step }) => train_step },
    { head: "prompts", align: "right", cell: ({ prompts }) => prompts },
    { head: "rollouts", align: "right", cell: ({ rollouts }) => rollouts },
    { head: "invalid", align: "right", cell: ({ invalid }) => invalid },
    { head: "mean", align: "right", cell: ({ mean }) => decimals(mean) },
    { head: "95 %", cell: ({ mean_low, mean_high }) => range(mean_low, mean_high) },
    ...(first?.pass_at_k ?? []).map(
      ({ k }, index): TextColumn<CurvePoint> => ({
        head: `pass@${k}`,
        align: "right",
        cell: ({ pass_at_k }) => decimals(pass_at_k[index]?.value ?? null),
      }),
    ),
    { head: "no signal", align: "right", cell: ({ no_signal_share }) => percent(no_signal_share) },
    { head: "tokens p50", align: "right", cell: ({ tokens_p50 }) => decimals(tokens_p50, 0) },
    { head: "p95", align: "right", cell: ({ tokens_p95 }) => decimals(tokens_p95, 0) },
    { head: "truncated", align: "right", cell: ({ truncated_share }) => percent(truncated_share) },
    { head: "length gap", align: "right", cell: ({ length_gap }) => decimals(length_gap, 0) },
  ];
}

// `tunix-rt runs`: listing and describing runs, hiding and deleting them.
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import type pg from "pg";
import { AppError } from "../contract/errors.ts";
import { type Run, RunPatch, RunsQuery } from "../contract/runs.ts";
import { compileCheck } from "../contract/validate.ts";
import { changeRun } from "../store/runs/change-run.ts";
import { deleteRun, reapRuns } from "../store/runs/delete-run.ts";
import { getRun, listRuns } from "../store/runs/list-runs.ts";
import { parseJsonBytes } from "../trace/json-document.ts";
import { addCompareRunsCommand } from "./compare-runs.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { addQueryOptions } from "./query-options.ts";
import { toTerminalText } from "./terminal-text.ts";
import { formatTable, type TextColumn } from "./text-table.ts";

export function addRunsCommand(program: Command, context: CommandContext): void {
  const runs = program
    .command("runs")
    .description("List runs, newest first; or describe, hide, delete and compare them")
    .option("--json", "print the page as JSON, as the API gives it");
  const readQuery = addQueryOptions(runs, RunsQuery);
  const inStore = (work: (pool: pg.Pool) => Promise<void>) =>
    withDatabase(readConfig(context), { name: "runs", writes: false }, ({ pool }) => work(pool));
  const change = (name: string, patch: RunPatch) =>
    inStore(async (pool) => printRun(context, await changeRun(pool, name, patch)));
  const onRun = (verb: string, description: string) =>
    runs.command(verb).description(description).argument("<run>", "the run's name");

  runs
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt runs\n  $ tunix-rt runs config demo-01 '{\"lr\":1e-6}'\n" +
        "  $ tunix-rt runs compare demo-01 demo-02",
    )
    .action(({ json }: { json?: boolean }) =>
      inStore(async (pool) => {
        const page = await listRuns(pool, readQuery());
        if (json) return print(context.stdout, JSON.stringify(page));
        print(context.stdout, formatTable(columns, page.data));
        const { next_cursor } = page.pagination;
        if (next_cursor !== null) print(context.stderr, `More with --cursor ${next_cursor}`);
      }),
    );

  onRun("show", "Print a run as JSON, as the API gives it").action((name: string) =>
    inStore(async (pool) => printRun(context, await getRun(pool, name))),
  );
  onRun("rename", "Give a run another name; its traces follow")
    .argument("<name>", "its new name")
    .action((run: string, name: string) => change(run, checkPatch({ name })));
  onRun("hide", "Leave a run's traces out of every answer").action((run: string) =>
    change(run, { hidden: true }),
  );
  onRun("unhide", "Show a hidden run again").action((run: string) => change(run, { hidden: false }));
  onRun("config", "Add to what is known about a run: JSON that is merged; a member that is null is removed")
    .argument("<json>", "an object, or - to read it from standard input")
    .action(async (run: string, json: string) => {
      const bytes = json === "-" ? await buffer(context.stdin) : Buffer.from(json);
      await change(run, checkPatch({ config: parseJsonBytes(bytes).value }));
    });
  onRun("delete", "Delete a run with its traces and scores").action((run: string) =>
    inStore((pool) => remove(context, pool, run)),
  );
  addCompareRunsCommand(runs, context);
}

const columns: TextColumn<Run>[] = [
  { head: "run", cell: ({ name }) => name },
  { head: "traces", align: "right", cell: ({ traces }) => traces },
  { head: "splits", cell: ({ splits }) => splits.map((split) => split ?? "-").join(", ") },
  { head: "steps", align: "right", cell: ({ train_steps }) => train_steps.count },
  { head: "first", align: "right", cell: ({ train_steps }) => train_steps.min },
  { head: "last", align: "right", cell: ({ train_steps }) => train_steps.max },
  { head: "last activity", cell: ({ last_activity }) => last_activity },
  { head: "", cell: ({ hidden }) => (hidden ? "hidden" : "shown") },
];

function printRun(context: CommandContext, run: Run): void {
  print(context.stdout, JSON.stringify(run, null, 2));
}

const findFaults = compileCheck(RunPatch);

function checkPatch(patch: object): RunPatch {
  const [fault] = findFaults(patch);
  if (fault !== undefined) throw new AppError("usage", `${fault.pointer.slice(1)}: ${fault.message}`);
  return patch as RunPatch;
}

async function remove(context: CommandContext, pool: pg.Pool, run: string): Promise<void> {
  const { traces } = await deleteRun(pool, run);
  print(
    context.stderr,
    `The run is gone from every answer and its name is free; deleting ${traces} traces …`,
  );
  await reapRuns(pool, { signal: context.signal });
  if (context.signal.aborted) {
    print(context.stderr, "Stopped; the next server, or the next delete, goes on with it");
    context.exitCode = exitCodes.interrupted;
  } else print(context.stdout, `Deleted ${toTerminalText(run)}`);
}

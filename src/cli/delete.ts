import type { Command } from "commander";
import { AppError } from "../contract/errors.ts";
import type { TraceFilters } from "../contract/filters.ts";
import type { Database } from "../store/database.ts";
import { countMatchingExactly, deleteMatching, deleteTrace } from "../store/delete-trace.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { addFilterOptions } from "./filter-options.ts";
import { parseId } from "./get.ts";
import { makeSearchable } from "./make-searchable.ts";

export function addDeleteCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("delete")
    .description("Delete a trace, or all that filters name, with their scores")
    .argument("[id]", "the trace's id", parseId)
    .option("--dry-run", "only count what the filters name");
  const readFilters = addFilterOptions(command);
  command
    .addHelpText(
      "after",
      "\nExamples:\n  $ tunix-rt delete 019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071\n" +
        "  $ tunix-rt delete --run qwen3-dapo-07 --max-score reward=0 --dry-run",
    )
    .action(async (id: string | undefined, { dryRun }: { dryRun?: boolean }) => {
      const filters = readFilters();
      const isFiltered = Object.keys(filters).length > 0;
      if ((id === undefined) !== isFiltered)
        throw new AppError("usage", "Name either the id of a trace or at least one filter");
      await withDatabase(readConfig(context), { name: "delete", writes: false }, async (database) => {
        await makeSearchable(context, database, filters);
        if (id !== undefined) {
          if (!(await deleteTrace(database.pool, id)))
            throw new AppError("trace_not_found", `There is no trace with the id ${id}`);
          print(context.stdout, `Deleted ${id}`);
        } else if (dryRun) {
          const count = await countMatchingExactly(database.pool, filters, context.signal);
          print(context.stdout, `Would delete ${count} traces`);
        } else {
          await deleteAll(context, database, filters);
        }
      });
    });
}

async function deleteAll(context: CommandContext, database: Database, filters: TraceFilters): Promise<void> {
  let deleted = 0;
  try {
    await deleteMatching(database, filters, context.signal, (soFar) => {
      deleted = soFar;
    });
    print(context.stdout, `Deleted ${deleted} traces`);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    const rest = "the same command again deletes the others";
    print(context.stderr, `tunix-rt: Stopped; ${deleted} traces are deleted, ${rest}`);
    context.exitCode = exitCodes.interrupted;
  }
}

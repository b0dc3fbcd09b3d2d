import type { Command } from "commander";
import { AppError } from "../contract/errors.ts";
import type { ScoreSelection } from "../contract/scores.ts";
import { countScores, deleteScores } from "../store/scores/delete-scores.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { exitCodes } from "./exit-codes.ts";
import { parseId } from "./get.ts";

interface DeleteFlags {
  run?: string;
  traceId?: string;
  name?: string;
  by?: string;
  dryRun?: boolean;
}

export function addScoreDeleteCommand(score: Command, context: CommandContext): void {
  score
    .command("delete")
    .description("Delete scores; those for which all that is given holds")
    .option("--run <name>", "scores of this run's traces")
    .option("--trace-id <id>", "scores of this trace", parseId)
    .option("--name <name>", "scores of this name")
    .option("--by <name>", 'scores that this one gave; "" for those nobody signed')
    .option("--dry-run", "count them, and delete nothing")
    .addHelpText("after", "\nExample:\n  $ tunix-rt score delete --name correct --by verify@1 --dry-run")
    .action((flags: DeleteFlags) => runDelete(context, flags));
}

async function runDelete(context: CommandContext, { dryRun, traceId, ...given }: DeleteFlags): Promise<void> {
  const selection: ScoreSelection = { ...given, ...(traceId !== undefined && { trace_id: traceId }) };
  if (Object.keys(selection).length === 0)
    throw new AppError("usage", "Say which scores: --run, --trace-id, --name or --by");
  await withDatabase(readConfig(context), { name: "score delete", writes: false }, async (database) => {
    if (dryRun) {
      const count = await countScores(database.pool, selection);
      print(context.stdout, `${count} scores would be deleted`);
      return;
    }
    let deleted = 0;
    try {
      await deleteScores(database, selection, context.signal, (soFar) => {
        deleted = soFar;
      });
    } catch (error) {
      if (!context.signal.aborted) throw error;
      print(
        context.stderr,
        `tunix-rt: Stopped; ${deleted} scores are deleted, the same command again deletes the others`,
      );
      context.exitCode = exitCodes.interrupted;
      return;
    }
    print(context.stdout, `Deleted ${deleted} scores`);
  });
}

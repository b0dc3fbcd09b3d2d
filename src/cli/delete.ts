import type { Command } from "commander";
import { AppError } from "../contract/errors.ts";
import { deleteTrace } from "../store/delete-trace.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { parseId } from "./get.ts";

export function addDeleteCommand(program: Command, context: CommandContext): void {
  program
    .command("delete")
    .description("Delete a trace, with its scores")
    .argument("<id>", "the trace's id", parseId)
    .addHelpText("after", "\nExample:\n  $ tunix-rt delete 019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071")
    .action((id: string) =>
      withDatabase(readConfig(context), { name: "delete", writes: false }, async ({ pool }) => {
        if (!(await deleteTrace(pool, id)))
          throw new AppError("trace_not_found", `There is no trace with the id ${id}`);
        print(context.stdout, `Deleted ${id}`);
      }),
    );
}

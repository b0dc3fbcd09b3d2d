import { type Command, InvalidArgumentError } from "commander";
import { AppError } from "../contract/errors.ts";
import { findTrace } from "../store/find-trace.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";

export function addGetCommand(program: Command, context: CommandContext): void {
  program
    .command("get")
    .description("Print a trace as it was sent")
    .argument("<id>", "the trace's id", parseId)
    .option("--tokens", "with its token arrays")
    .addHelpText("after", "\nExample:\n  $ tunix-rt get 019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071 | jq .steps")
    .action((id: string, { tokens }: { tokens?: boolean }) =>
      withDatabase(readConfig(context), { name: "get", writes: false }, async ({ pool }) => {
        const found = await findTrace(pool, id, tokens === true);
        if (found === undefined) throw new AppError("trace_not_found", `There is no trace with the id ${id}`);
        print(context.stdout, found.payload.toString());
      }),
    );
}

export function parseId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new InvalidArgumentError("It must be a UUID.");
  return text.toLowerCase();
}

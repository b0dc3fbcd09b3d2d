import type { Command } from "commander";
import { formats } from "../formats/formats.ts";
import { type CommandContext, print } from "./context.ts";

export function addFormatsCommand(program: Command, context: CommandContext): void {
  program
    .command("formats")
    .description("List the formats that can be imported")
    .option("--json", "print them as JSON, as the API gives them")
    .addHelpText("after", "\nExample:\n  $ tunix-rt formats")
    .action(({ json }: { json?: boolean }) => {
      if (json) {
        const data = formats.map(({ name, description }) => ({ name, description }));
        print(context.stdout, JSON.stringify({ data }));
        return;
      }
      const width = Math.max(...formats.map(({ name }) => name.length));
      for (const { name, description } of formats)
        print(context.stdout, `${name.padEnd(width)}  ${description}`);
    });
}

// A command that answers with figures: a call's parameters as options, its answer as a table, or as JSON.
import type { Command } from "commander";
import type pg from "pg";
import type { Static, TObject } from "typebox";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { addQueryOptions } from "./query-options.ts";

interface FigureCommand<Query extends TObject, Answer> {
  name: string;
  description: string;
  /** Its arguments, with what they are. Those that are parameters of the call are read as such. */
  args: Record<string, string>;
  query: Query;
  /** As they are typed after "tunix-rt". */
  examples: readonly string[];
  read(pool: pg.Pool, query: Static<Query>, args: string[]): Promise<Answer>;
  /** The answer for people. */
  describe(answer: Answer): string;
  /** The options that lead to the next page, if there is one. */
  more?(answer: Answer): string | undefined;
}

export function addFigureCommand<Query extends TObject, Answer>(
  parent: Command,
  context: CommandContext,
  { name, description, args, query, examples, read, describe, more }: FigureCommand<Query, Answer>,
): void {
  const command = parent.command(name).description(description);
  for (const [arg, meaning] of Object.entries(args)) command.argument(`<${arg}>`, meaning);
  command.option("--json", "print JSON, as the API gives it");
  const parameters = Object.keys(args).filter((arg) => Object.hasOwn(query.properties, arg));
  const readQuery = addQueryOptions(command, query, parameters as (keyof Static<Query> & string)[]);
  command
    .addHelpText("after", ["\nExamples:", ...examples.map((line) => `  $ tunix-rt ${line}`)].join("\n"))
    .action(async () => {
      const given = Object.fromEntries(Object.keys(args).map((arg, at) => [arg, command.args[at] ?? ""]));
      const asked = readQuery(Object.fromEntries(parameters.map((arg) => [arg, given[arg] ?? ""])));
      await withDatabase(readConfig(context), { name, writes: false }, async ({ pool }) => {
        const answer = await read(pool, asked, Object.values(given));
        if (command.opts().json) return print(context.stdout, JSON.stringify(answer));
        print(context.stdout, describe(answer));
        const next = more?.(answer);
        if (next !== undefined) print(context.stderr, `More with ${next}`);
      });
    });
}

import { type Command, Option } from "commander";
import { type FacetField, facetFields } from "../contract/stats.ts";
import { listFacets } from "../store/list-facets.ts";
import { type CommandContext, print, readConfig, withDatabase } from "./context.ts";
import { describeReckoning } from "./describe-reckoning.ts";
import { addFilterOptions } from "./filter-options.ts";
import { makeSearchable } from "./make-searchable.ts";
import { toTerminalText } from "./terminal-text.ts";

interface FacetFlags {
  field: FacetField;
  prefix?: string;
  json?: boolean;
}

export function addFacetsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("facets")
    .description("List the values of a field, most frequent first")
    .addOption(new Option("--field <field>", "whose values").choices(facetFields).makeOptionMandatory())
    .option("--prefix <text>", "only values that begin with this")
    .option("--json", "print them as JSON, as the API gives it");
  const readFilters = addFilterOptions(command);
  command
    .addHelpText("after", "\nExample:\n  $ tunix-rt facets --field tag --source gsm8k")
    .action(({ field, prefix, json }: FacetFlags) => {
      const query = { ...readFilters(), field, limit: 100, ...(prefix !== undefined && { prefix }) };
      return withDatabase(readConfig(context), { name: "facets", writes: false }, async (database) => {
        await makeSearchable(context, database, query);
        const facets = await listFacets(database.pool, query);
        if (json) print(context.stdout, JSON.stringify(facets));
        else
          for (const { value, count } of facets.data)
            print(context.stdout, `${count}\t${toTerminalText(value ?? "")}`);
        if (facets.approximate && !json)
          print(context.stderr, `Counts are ${describeReckoning(facets.sampled_share)}`);
      });
    });
}

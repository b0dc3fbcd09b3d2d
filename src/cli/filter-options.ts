// The filters as options: the same names as in the API, `--min-steps 3` for `min_steps=3`.
import { type Command, InvalidArgumentError } from "commander";
import { AppError } from "../contract/errors.ts";
import { dottedFilters, TraceFilters } from "../contract/filters.ts";
import { compileParameters, nameOf } from "../contract/parameters.ts";

const parse = compileParameters<TraceFilters>(TraceFilters);

/**
 * Adds an option for every filter to a command.
 * @returns reads, once the arguments are parsed, what they ask for; throws a usage error that names the bad one.
 */
export function addFilterOptions(command: Command): () => TraceFilters {
  const given: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    given[name] = [...(given[name] ?? []), value];
    return value;
  };
  for (const [name, schema] of Object.entries(TraceFilters.properties))
    command.option(`${flagOf(name)} <value>`, asHelp(schema), (value) => add(name, value));
  for (const [prefix, schema] of Object.entries(dottedFilters)) {
    command.option(`${flagOf(prefix)} <name=value>`, asHelp(schema), (pair) => {
      const [name, value] = splitPair(pair);
      return add(`${prefix}.${name}`, value);
    });
  }
  command.option("--filter <name=value>", "any of these by its name in the API: meta.level=5", (pair) =>
    add(...splitPair(pair)),
  );
  return () => {
    const texts = Object.entries(given).map(([name, values]) => [
      name,
      values.length > 1 ? values : values[0],
    ]);
    const parsed = parse(Object.fromEntries(texts));
    if ("value" in parsed) return parsed.value;
    const faults = parsed.error.issues.map((issue) => `${asOption(nameOf(issue))}: ${issue.message}`);
    throw new AppError("usage", faults.join("; "));
  };
}

function splitPair(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be a name and a value: name=value.");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

const flagOf = (name: string) => `--${name.replaceAll("_", "-")}`;

function asOption(name: string): string {
  const [outer = "", ...rest] = name.split(/[./]/);
  const isFilter = outer in TraceFilters.properties || outer in dottedFilters;
  return isFilter ? [flagOf(outer), rest.join(".")].join(" ").trimEnd() : name;
}

/** Help begins its descriptions in lower case. */
function asHelp(schema: object): string {
  const { description = "" } = schema as { description?: string };
  return description.charAt(0).toLowerCase() + description.slice(1);
}

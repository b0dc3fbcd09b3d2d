// A call's parameters as options of a command: the same names, limits and descriptions as in the API.
import type { Command } from "commander";
import type { Static, TObject } from "typebox";
import { AppError } from "../contract/errors.ts";
import { compileParameters, nameOf } from "../contract/parameters.ts";

interface Parameter {
  description?: string;
  enum?: readonly string[];
  default?: unknown;
}

/**
 * Adds an option for each parameter of the schema: `--train-step 3` for `train_step=3`.
 * @param args parameters that the command takes as arguments
 * @returns reads, once the arguments are parsed, what they ask for; throws a usage error that names the bad one
 */
export function addQueryOptions<S extends TObject>(
  command: Command,
  schema: S,
  args: readonly (keyof Static<S> & string)[] = [],
): (given?: Record<string, string>) => Static<S> {
  const parse = compileParameters<Static<S>>(schema);
  const texts: Record<string, string> = {};
  for (const [name, parameter] of Object.entries(schema.properties)) {
    if ((args as readonly string[]).includes(name)) continue;
    command.option(`${flagOf(name)} <value>`, asHelp(parameter as Parameter), (value: string) => {
      texts[name] = value;
      return value;
    });
  }
  return (given = {}) => {
    const parsed = parse({ ...texts, ...given });
    if ("value" in parsed) return parsed.value;
    const faults = parsed.error.issues.map((issue) => {
      const name = nameOf(issue);
      return `${(args as readonly string[]).includes(name) ? name : flagOf(name)}: ${issue.message}`;
    });
    throw new AppError("usage", faults.join("; "));
  };
}

const flagOf = (name: string) => `--${name.replaceAll("_", "-")}`;

/** Help begins its descriptions in lower case. */
function asHelp({ description = "", enum: choices, default: standard }: Parameter): string {
  const notes = [
    ...(choices === undefined ? [] : [`choices: ${choices.join(", ")}`]),
    ...(standard === undefined ? [] : [`default: ${standard}`]),
  ];
  const text = description.charAt(0).toLowerCase() + description.slice(1);
  return notes.length === 0 ? text : `${text} (${notes.join("; ")})`;
}

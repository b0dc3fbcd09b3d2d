// Query strings, path parameters and command-line filters: texts, checked by the same schemas that document them.
import type { TObject } from "typebox";
import { AppError, type Issue } from "./errors.ts";
import { compileCheck } from "./validate.ts";

type ValidationResult<T> = { value: T } | { error: AppError };

interface Shape {
  type?: string;
}

interface ParameterSchema {
  properties: Record<string, Shape>;
  patternProperties?: Record<string, Shape>;
}

/** A function that checks parameters, numbers and repeated ones read as such, or names the bad one. */
export function compileParameters<T = unknown>(schema: TObject): (value: unknown) => ValidationResult<T> {
  const check = compileCheck(schema);
  const { properties, patternProperties = {} } = schema as ParameterSchema;
  const patterns = Object.entries(patternProperties).map(
    ([pattern, shape]) => [new RegExp(pattern), shape] as const,
  );
  const shapeOf = (name: string) =>
    Object.hasOwn(properties, name)
      ? properties[name]
      : patterns.find(([pattern]) => pattern.test(name))?.[1];
  return (value) => {
    const parameters = { ...(value as Record<string, unknown>) };
    for (const [name, given] of Object.entries(parameters)) parameters[name] = read(given, shapeOf(name));
    const issues = [...check(parameters), ...Object.entries(parameters).flatMap(findNul)];
    if (issues.length === 0) return { value: parameters as T };
    const named = issues.map((issue) =>
      issue.pointer === "" ? issue.message : `${nameOf(issue)}: ${issue.message}`,
    );
    return { error: new AppError("invalid_request", named.join("; "), { issues }) };
  };
}

/** What a text stands for, where its schema wants a number or a list; anything else is left to the check. */
function read(given: unknown, shape: Shape | undefined): unknown {
  if (typeof given !== "string") return given;
  if (shape?.type === "array") return [given];
  if (shape?.type === "integer" && /^-?\d{1,15}$/.test(given)) return Number(given);
  if (shape?.type === "number" && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(given))
    return Number(given);
  return given;
}

function findNul([name, value]: [string, unknown]): Issue[] {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (!`${name}${texts.join("")}`.includes("\0")) return [];
  return [{ pointer: `/${name}`, message: "The character U+0000 cannot be stored", code: "nul_character" }];
}

/** The parameter an issue is about; in a list, which of its values is at fault shows from the message. */
export function nameOf({ pointer }: Issue): string {
  return pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
}

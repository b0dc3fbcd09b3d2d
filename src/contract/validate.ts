// Turns a schema into a check that names every fault by pointer, code and sentence.
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import Format from "typebox/format";
import type { Issue } from "./errors.ts";
import { isInstant } from "./instant.ts";

Format.Set("instant", isInstant);

export interface Check<T> {
  (value: unknown): Issue[];
  /** Never called: carries the checked type. */
  readonly type?: T;
}

/** Compiles `schema`; the check returns no issues for a valid value. */
export function compileCheck<S extends TSchema>(schema: S): Check<Static<S>> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return [];
    const errors = [...validator.Errors(value)];
    return errors.filter(isCause).flatMap((error) => toIssues(error, errors));
  };
}

/**
 * An error worth telling: of a union's errors only those that lie deeper than the union itself, or else the
 * union's own; and a refused member once, by its object.
 */
function isCause(
  error: TLocalizedValidationError,
  _index: number,
  all: TLocalizedValidationError[],
): boolean {
  if (error.keyword === "boolean") return false;
  if (error.keyword === "anyOf") {
    return !all.some((other) => isBranchOf(other, error) && isSpecific(other, error));
  }
  const union = all.find((other) => other.keyword === "anyOf" && isBranchOf(error, other));
  return union === undefined || isSpecific(error, union);
}

function isBranchOf(error: TLocalizedValidationError, union: TLocalizedValidationError): boolean {
  return error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`);
}

/** A wrong type at the union's own place only says which branch was not meant. */
function isSpecific(error: TLocalizedValidationError, union: TLocalizedValidationError): boolean {
  const wrongBranch = error.keyword === "type" || error.keyword === "boolean";
  return error.instancePath !== union.instancePath || !wrongBranch;
}

function toIssues(error: TLocalizedValidationError, all: TLocalizedValidationError[]): Issue[] {
  const at = (pointer: string, message: string, code: string): Issue => ({ pointer, message, code });
  const member = (name: string) =>
    `${error.instancePath}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  switch (error.keyword) {
    case "additionalProperties":
      return error.params.additionalProperties.map((name) =>
        at(member(name), `"${name}" is not a known member`, "unknown_member"),
      );
    case "required":
      return error.params.requiredProperties.map((name) =>
        at(member(name), `"${name}" is required`, "required"),
      );
    case "enum":
      return [
        at(error.instancePath, `Must be one of ${error.params.allowedValues.map(String).join(", ")}`, "enum"),
      ];
    case "anyOf":
      return [at(error.instancePath, `Must be ${branchTypes(error, all).join(" or ")}`, "type")];
    case "format":
      return [at(error.instancePath, "Must be a time in ISO 8601, such as 2026-01-31T12:00:00Z", "format")];
    case "pattern":
      return [at(error.instancePath, "Must be a UUID", "pattern")];
    default:
      return [at(error.instancePath, capitalise(error.message), error.keyword)];
  }
}

function branchTypes(union: TLocalizedValidationError, all: TLocalizedValidationError[]): string[] {
  const branches = all.filter((error) => error.keyword === "type" && isBranchOf(error, union));
  return [...new Set(branches.map((error) => String((error.params as { type?: unknown }).type)))];
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// Turns a schema into a check that names every fault by pointer, code and sentence.
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import Format from "typebox/format";
import { Settings } from "typebox/system";
import type { Issue } from "./errors.ts";
import { isInstant } from "./instant.ts";
import { isRunName } from "./run-name.ts";

const formatMessages: Record<string, string> = {
  instant: "Must be a time in ISO 8601, such as 2026-01-31T12:00:00Z",
  "run-name": 'Must not be "." or "..": no address can name such a run',
};
Format.Set("instant", isInstant);
Format.Set("run-name", isRunName);

const MAX_ISSUES = 100;
/** TypeBox stops at 8, in the middle of a union. An issue takes up to four errors, one for each branch and its own. */
Settings.Set({ maxErrors: 5 * MAX_ISSUES });

export interface Check<T> {
  (value: unknown): Issue[];
  /** Never called: carries the checked type. */
  readonly type?: T;
}

/** Compiles `schema`; the check returns no issues for a valid value, and the first 100 for any other. */
export function compileCheck<S extends TSchema>(schema: S): Check<Static<S>> {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return [];
    const errors = [...validator.Errors(value)];
    return errors
      .filter(isCause)
      .flatMap((error) => toIssues(error, errors))
      .slice(0, MAX_ISSUES);
  };
}

/**
 * An error worth telling: of a union's errors only those that lie deeper than the union itself, or else the
 * union's own; and a refused member once, by itself, not by its object.
 */
function isCause(
  error: TLocalizedValidationError,
  _index: number,
  all: TLocalizedValidationError[],
): boolean {
  if (error.keyword === "additionalProperties") return false;
  if (error.keyword === "anyOf") {
    return !all.some((other) => isBranchOf(other, error) && isSpecific(other, error));
  }
  const union = all.find((other) => other.keyword === "anyOf" && isBranchOf(error, other));
  return union === undefined || isSpecific(error, union);
}

function isBranchOf(error: TLocalizedValidationError, union: TLocalizedValidationError): boolean {
  const isInside =
    error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  // All items of an array share one schema path.
  return isInside && error.schemaPath.startsWith(`${union.schemaPath}/anyOf/`);
}

/** A wrong type at the union's own place only says which branch was not meant. */
function isSpecific(error: TLocalizedValidationError, union: TLocalizedValidationError): boolean {
  return error.instancePath !== union.instancePath || error.keyword !== "type";
}

function toIssues(error: TLocalizedValidationError, all: TLocalizedValidationError[]): Issue[] {
  const at = (pointer: string, message: string, code: string): Issue => ({ pointer, message, code });
  const member = (name: string) =>
    `${error.instancePath}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  switch (error.keyword) {
    // The schema `false`, which is that of every member a closed object doesn't know.
    case "boolean":
      return [
        at(error.instancePath, `"${lastName(error.instancePath)}" is not a known member`, "unknown_member"),
      ];
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
      return [at(error.instancePath, formatMessages[error.params.format] as string, error.keyword)];
    case "maxProperties":
      return [at(error.instancePath, `Must have no more than ${error.params.limit} members`, error.keyword)];
    case "pattern":
      return [at(error.instancePath, "Must be a UUID", "pattern")];
    default:
      return [at(error.instancePath, capitalise(error.message), error.keyword)];
  }
}

function lastName(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}

function branchTypes(union: TLocalizedValidationError, all: TLocalizedValidationError[]): string[] {
  const branches = all.filter((error) => error.keyword === "type" && isBranchOf(error, union));
  return [...new Set(branches.map((error) => String((error.params as { type?: unknown }).type)))];
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

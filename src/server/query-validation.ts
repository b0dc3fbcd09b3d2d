// Query strings and path parameters: checked by the same schemas that document them.
import type { TObject } from "typebox";
import { AppError } from "../contract/errors.ts";
import { compileCheck } from "../contract/validate.ts";

type ValidationResult = { value: unknown } | { error: AppError };

/** For Fastify: a function that checks parameters, whole numbers read as such, or names the bad one. */
export function compileParameters(schema: TObject): (value: unknown) => ValidationResult {
  const check = compileCheck(schema);
  const integers = Object.keys(schema.properties).filter((name) => isInteger(schema.properties[name]));
  return (value) => {
    const parameters = { ...(value as Record<string, unknown>) };
    for (const name of integers) {
      const text = parameters[name];
      if (typeof text === "string" && /^-?\d{1,15}$/.test(text)) parameters[name] = Number(text);
    }
    const issues = check(parameters);
    for (const [name, text] of Object.entries(parameters)) {
      if (typeof text !== "string" || !text.includes("\0")) continue;
      issues.push({
        pointer: `/${name}`,
        message: "The character U+0000 cannot be stored",
        code: "nul_character",
      });
    }
    if (issues.length === 0) return { value: parameters };
    const named = issues.map((issue) => `${issue.pointer.slice(1)}: ${issue.message}`);
    return { error: new AppError("invalid_request", named.join("; "), { issues }) };
  };
}

function isInteger(schema: unknown): boolean {
  return (schema as { type?: string }).type === "integer";
}

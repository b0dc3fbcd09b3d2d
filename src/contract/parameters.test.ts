import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import type { AppError } from "./errors.ts";
import { GetTraceQuery, ListQuery, TraceIdParams } from "./pages.ts";
import { compileParameters } from "./parameters.ts";

const list = compileParameters(ListQuery);

function errorOf(result: { value: unknown } | { error: AppError }): AppError {
  if ("error" in result) return result.error;
  throw new Error(`Accepted: ${JSON.stringify(result.value)}`);
}

describe("parameters", () => {
  test("whole numbers are read as numbers, words stay words", () => {
    expect(list({ limit: "100", offset: "0", version: "1.0" })).toEqual({
      value: { limit: 100, offset: 0, version: "1.0" },
    });
    expect(list({})).toEqual({ value: {} });
  });

  test("what was passed in is not changed", () => {
    const query = Object.freeze({ limit: "5" });
    expect(list(query)).toEqual({ value: { limit: 5 } });
    expect(query).toEqual({ limit: "5" });
  });

  test("a word that looks like a number stays a word", () => {
    const check = compileParameters(Type.Object({ run: Type.String(), n: Type.Integer() }));
    expect(check({ run: "007", n: "007" })).toEqual({ value: { run: "007", n: 7 } });
  });

  test.each([
    ["limit", ["1", "100"]],
    ["offset", ["0", "1000000"]],
    ["cursor", ["x", "x".repeat(1_000)]],
    ["version", ["1.0", "1.1"]],
    ["created_from", ["2026-01-31", "2026-01-31T12:00:00.123Z"]],
    ["created_before", ["2026-01-31T12:00+05:30"]],
  ])("%s may be one of %j", (name, texts) => {
    for (const text of texts) expect(list({ [name]: text })).toHaveProperty("value");
  });

  test.each([
    ["limit", ["0", "101", "-1", "", "ten", "1.5", "1e1", " 5", "0x5", "9".repeat(20), ["1", "2"]]],
    ["offset", ["-1", "1000001"]],
    ["cursor", ["", "x".repeat(1_001), ["a", "b"]]],
    ["version", ["2.0", "", ["1.0", "1.1"]]],
    ["created_from", ["yesterday", "2026-02-30", "2026-01-31T12:00+23:00", ""]],
    ["created_before", ["1769860800"]],
    ["page", ["1"]],
    ["Limit", ["5"]],
    ["__proto__", ["5"]],
  ])("%s is refused by name when it is one of %j", (name, texts) => {
    for (const text of texts) {
      const error = errorOf(list(JSON.parse(`{"${name}":${JSON.stringify(text)}}`)));
      expect(error).toMatchObject({
        code: "invalid_request",
        status: 422,
        issues: [{ pointer: `/${name}` }],
      });
      expect(error.message).toMatch(new RegExp(`^${name}: .`));
    }
  });

  test("all bad ones are named together", () => {
    const error = errorOf(list({ limit: "x", offset: "-1", page: "2" }));
    expect(error.issues.map((issue) => issue.pointer).sort()).toEqual(["/limit", "/offset", "/page"]);
    for (const name of ["limit: ", "offset: ", "page: "]) expect(error.message).toContain(name);
  });
});

test("an id in the path is a UUID in any case", () => {
  const check = compileParameters(TraceIdParams);
  const id = "0198F4A0-0000-7000-8000-00000000000a";
  expect(check({ id })).toEqual({ value: { id } });
  expect(errorOf(check({ id: `${id}0` })).message).toBe("id: Must be a UUID");
});

test("only tokens can be included", () => {
  const check = compileParameters(GetTraceQuery);
  expect(check({ include: "tokens" })).toEqual({ value: { include: "tokens" } });
  expect(errorOf(check({ include: "scores" })).message).toBe("include: Must be one of tokens");
});

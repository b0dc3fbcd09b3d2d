import { describe, expect, test } from "vitest";
import { AppError, type ErrorCode, errorKinds } from "./errors.ts";

describe("an error", () => {
  test("has its code's status, and no issues unless it is given some", () => {
    const error = new AppError("trace_not_found", "No trace has this id");
    expect(error).toMatchObject({ status: 404, issues: [], retryAfterSeconds: undefined, name: "AppError" });
    expect("cause" in error).toBe(false);
  });

  test("keeps its cause, its issues and when to try again", () => {
    const cause = new Error("why");
    const issues = [{ pointer: "/a", message: "m", code: "c" }];
    expect(new AppError("internal", "m", { cause, issues, retryAfterSeconds: 3 })).toMatchObject({
      ...{ cause, issues, retryAfterSeconds: 3, message: "m", code: "internal" },
    });
  });
});

test.each(Object.keys(errorKinds) as ErrorCode[])("%s is an HTTP error with a title", (code) => {
  const { status, title } = errorKinds[code];
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  expect(title).toMatch(/^[A-Z].+[^.]$/);
});

import { expect, test } from "vitest";
import { exampleTrace } from "../../adding/example-trace.ts";
import { checkTraceText } from "./check-trace-text.ts";

test("the example is valid, and so is nothing", () => {
  expect(checkTraceText(exampleTrace)).toEqual([]);
  expect(checkTraceText(" \n")).toEqual([]);
});

test("what is not JSON is said at its place", () => {
  const [fault] = checkTraceText('{"prompt": }');
  expect(fault).toMatchObject({ pointer: "" });
  expect(fault?.message).toMatch(/JSON/);
});

test("a fault is marked where it stands", () => {
  const text = exampleTrace.replace('"i": 1', '"i": -1');
  const [fault, ...others] = checkTraceText(text);
  expect(others).toEqual([]);
  expect(fault).toMatchObject({ pointer: "/steps/1/i" });
  expect(text.slice(fault?.from, fault?.to)).toBe("-1");
});

test("version 1.0 is held to its own schema", () => {
  const text = exampleTrace.replace('"1.1"', '"1.0"');
  expect(checkTraceText(text).map(({ message }) => message)).toContain('"reference" is not a known member');
});

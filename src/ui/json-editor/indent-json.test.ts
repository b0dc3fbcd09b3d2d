import { expect, test } from "vitest";
import { indentJson } from "./indent-json.ts";

test("members get lines of their own", () => {
  const value = { a: [1, { b: "x, {y}: \\" }], c: {}, d: [], e: null, f: true };
  expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  expect(indentJson(JSON.stringify(value, null, 4))).toBe(JSON.stringify(value, null, 2));
});

test("values stay as they were written", () => {
  expect(indentJson('{"n":12345678901234567890,"e":1E+2,"u":"\\u0061","n":1.0}')).toBe(
    '{\n  "n": 12345678901234567890,\n  "e": 1E+2,\n  "u": "\\u0061",\n  "n": 1.0\n}',
  );
});

test("what is not JSON does no harm", () => {
  expect(indentJson("}}] x")).toContain("x");
  expect(indentJson('"open')).toBe('"open');
  expect(indentJson("")).toBe("");
});

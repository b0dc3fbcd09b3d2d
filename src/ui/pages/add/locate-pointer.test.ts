import { expect, test } from "vitest";
import { locatePointer, locateSyntaxError, parseJsonTree } from "./locate-pointer.ts";

const text = '{ "a/b": [1, {"~": "x"}], "steps": [ {"i": 0}, {"i": "no"} ], "n": null }';
const found = (pointer: string) => {
  const { from, to } = locatePointer(parseJsonTree(text), text, pointer);
  return text.slice(from, to);
};

test("a pointer leads to its value", () => {
  expect(found("/a~1b/0")).toBe("1");
  expect(found("/a~1b/1/~0")).toBe('"x"');
  expect(found("/steps/1/i")).toBe('"no"');
  expect(found("/n")).toBe("null");
});

test("of a large value the beginning is marked", () => {
  expect(found("/steps")).toBe("[");
  expect(found("")).toBe("{");
});

test("what is missing is marked where it should be", () => {
  expect(found("/prompt")).toBe("{");
  expect(found("/steps/0/type")).toBe("{");
  expect(found("/steps/7")).toBe("[");
});

test("an empty text has a place as well", () => {
  expect(locatePointer(parseJsonTree(""), "", "/a")).toEqual({ from: 0, to: 0 });
});

test("what is not JSON has a place", () => {
  const broken = '{"a": 1, oops}';
  const { from, to } = locateSyntaxError(parseJsonTree(broken), broken);
  expect(from).toBeGreaterThanOrEqual(8);
  expect(to).toBeLessThanOrEqual(broken.length);
  expect(locateSyntaxError(parseJsonTree("{"), "{")).toEqual({ from: 0, to: 1 });
});

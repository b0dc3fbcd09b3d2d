import { expect, test } from "vitest";
import { outlineSteps } from "./step-outline.ts";

const step = (type: string, length: number, i = 0) => ({ i, type, content: "a".repeat(length) });
const outline = (steps: ReturnType<typeof step>[]) =>
  outlineSteps(steps, [...new Set(steps.map(({ type }) => type))]).toString("hex");

test("a step is its type's place and the logarithm of its length", () => {
  expect(outline([])).toBe("");
  expect(outline([step("a", 0), step("b", 1), step("a", 2), step("c", 1_023), step("c", 1_024)])).toBe(
    "0010012" + "92a",
  );
  expect(outline([step("a", 1_000_000)])).toBe("0f");
});

test("more steps than a bar can show become stretches, each of its longest step's type", () => {
  const steps = Array.from({ length: 48 }, (_, at) =>
    step(at % 2 === 0 ? "short" : "long", at % 2 === 0 ? 1 : 7),
  );
  expect(outline(steps)).toBe("13".repeat(24));
  expect(outline(Array.from({ length: 25 }, () => step("a", 4)))).toBe(`${"02".repeat(23)}03`);
  expect(outline(Array.from({ length: 20_000 }, () => step("a", 0)))).toBe("00".repeat(24));
});

test("types beyond fifteen share a place", () => {
  const steps = Array.from({ length: 17 }, (_, at) => step(`type-${at}`, 1));
  expect(outline(steps)).toBe("00102030405060708090a0b0c0d0e0f0f0");
  expect(outlineSteps([step("unknown", 1)], []).toString("hex")).toBe("f0");
});

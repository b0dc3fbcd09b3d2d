import { expect, test } from "vitest";
import { stepBar } from "./step-bar.ts";

const bar = (step_outline: string | null, step_types = ["thinking", "answer"]) =>
  stepBar({ step_types, step_outline });

test("each step is a piece in its type's colour, wider the longer it is", () => {
  expect(bar("0416")).toBe(
    "linear-gradient(to right, var(--type-thinking) 0.0% calc(33.3% - 1px), transparent calc(33.3% - 1px) 33.3%, " +
      "var(--type-answer) 33.3% 100%, transparent 100% 100.0%)",
  );
});

test("a short step beside a long one can still be seen", () => {
  expect(bar("0010", ["thinking"])).toContain("var(--ink-faint)");
  const [, first] = /0\.0% calc\((\d+\.\d)%/.exec(bar("001f") ?? "") ?? [];
  expect(Number(first)).toBeGreaterThan(1.5);
});

test("without an outline there is no bar", () => {
  expect(bar(null)).toBeUndefined();
  expect(bar("")).toBeUndefined();
});

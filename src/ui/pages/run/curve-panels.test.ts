import { expect, test } from "vitest";
import { axisEnds, curvePanels, nearestStep, type StepPoint, stepBy } from "./curve-panels.ts";

const points = [0, 10, 20, 40].map((train_step) => ({ train_step }) as StepPoint);

test("a mean that never changes has a little room on its axis; one that does is left to the chart", () => {
  const [mean] = curvePanels("reward", [1]);
  const ends = (...means: (number | null)[]) =>
    mean &&
    axisEnds(
      mean,
      means.map((one) => ({ mean: one, mean_low: null, mean_high: null }) as StepPoint),
    );
  expect(ends(1)).toEqual([0.8, 1.2]);
  expect(ends(0, null, 0)).toEqual([-0.2, 0.2]);
  expect(ends(-250, -250)).toEqual([-270, -230]);
  expect(ends(1e-9)).toEqual([1e-9 - 0.002, 1e-9 + 0.002]);
  expect(ends(0, 1)).toEqual(["auto", "auto"]);
  expect(ends(null)).toEqual(["auto", "auto"]);
});

test("shares go from nothing to all, whatever they are", () => {
  expect(curvePanels("reward", [1]).at(-1)).toMatchObject({ title: "Shares", ends: [0, 1] });
});

test("the step nearest to a place on the axis", () => {
  expect([0, 0.1, 0.2, 0.74, 0.76, 1].map((place) => nearestStep(points, place))).toEqual([
    0, 0, 10, 20, 40, 40,
  ]);
  expect(nearestStep(points.slice(0, 1), 0.5)).toBe(0);
  expect(nearestStep([], 0.5)).toBeUndefined();
});

test("steps are gone through one by one, and no further than the ends", () => {
  expect(stepBy(points, 10, 1)).toBe(20);
  expect(stepBy(points, 10, -1)).toBe(0);
  expect(stepBy(points, 40, 1)).toBe(40);
  expect(stepBy(points, 0, -5)).toBe(0);
});

test("from a step that was not seen it goes to those beside it", () => {
  expect(stepBy(points, 15, -1)).toBe(10);
  expect(stepBy(points, 99, 1)).toBe(40);
  expect(stepBy(points, undefined, 1)).toBe(40);
});

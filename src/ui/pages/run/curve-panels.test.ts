import { expect, test } from "vitest";
import { nearestStep, type StepPoint, stepBy } from "./curve-panels.ts";

const points = [0, 10, 20, 40].map((train_step) => ({ train_step }) as StepPoint);

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

import { expect, test } from "vitest";
import { bootstrapMean } from "./bootstrap-mean.ts";

test("there is no interval below two values", () => {
  expect(bootstrapMean(Float64Array.of())).toBeNull();
  expect(bootstrapMean(Float64Array.of(0.5))).toBeNull();
});

test("equal values leave no doubt", () => {
  expect(bootstrapMean(Float64Array.of(0.25, 0.25, 0.25))).toEqual({
    low: 0.25,
    high: 0.25,
    resamples: 1_000,
  });
});

test("the same values give the same interval, the mean inside", () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => (index % 7) / 7);
  const interval = bootstrapMean(values);
  expect(bootstrapMean(values.slice())).toEqual(interval);
  const mean = values.reduce((sum, value) => sum + value, 0) / 100;
  expect(interval?.low).toBeLessThan(mean);
  expect(interval?.high).toBeGreaterThan(mean);
});

test("of two values every mean is one of three, the outer ones each a quarter of the time", () => {
  expect(bootstrapMean(Float64Array.of(0, 1))).toMatchObject({ low: 0, high: 1 });
});

test("of many values it is what the central limit theorem says: 1.96 standard errors each way", () => {
  for (const n of [300, 2_000, 60_000]) {
    // Half zeros, half ones: the standard error is 0.5 / √n.
    const interval = bootstrapMean(Float64Array.from({ length: n }, (_, index) => index % 2));
    const error = 0.5 / Math.sqrt(n);
    expect((0.5 - (interval?.low ?? 0)) / error).toBeCloseTo(1.96, 0);
    expect(((interval?.high ?? 0) - 0.5) / error).toBeCloseTo(1.96, 0);
  }
});

test("holds the true mean about 95 times in 100", () => {
  // Triangular values around 0.5, from a generator of its own.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 16_777_216;
  };
  let held = 0;
  for (let trial = 0; trial < 400; trial++) {
    const interval = bootstrapMean(Float64Array.from({ length: 60 }, () => (random() + random()) / 2));
    if (interval && interval.low <= 0.5 && interval.high >= 0.5) held++;
  }
  expect(held / 400).toBeGreaterThan(0.9);
  expect(held / 400).toBeLessThan(0.985);
});

test("of a great many values it makes fewer resamples, and says so", () => {
  const interval = bootstrapMean(new Float64Array(60_000).fill(1));
  expect(interval?.resamples).toBe(333);
});

import { expect, test } from "vitest";
import { letGo } from "./let-go.ts";

test("large buffers are freed, with all that share their memory; small ones stay as they are", () => {
  const large = Buffer.alloc(100_000, 1);
  const part = large.subarray(10);
  const small = Buffer.from("small");
  letGo([large, part, small]);
  expect([large.length, part.length, small.toString()]).toEqual([0, 0, "small"]);
  letGo([]);
  letGo([large]);
});

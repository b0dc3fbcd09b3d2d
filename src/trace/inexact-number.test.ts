import { expect, test } from "vitest";
import { findInexactNumber } from "./inexact-number.ts";

test.each([
  "0",
  "-0.0",
  "1.0",
  "1e-6",
  "0.1",
  "1E+2",
  "100",
  "9007199254740992",
  "1.5e300",
  '"12345678901234567890"',
])("%s keeps its digits", (text) => expect(findInexactNumber(`{"a":[${text}]}`)).toBeUndefined());

test.each(["9007199254740993", "0.12345678901234567890", "1e400", "-12345678901234567890", "1e-400"])(
  "%s does not",
  (number) => expect(findInexactNumber(`{"a\\"":[1,${number}]}`)).toBe(number),
);

import { expect, test } from "vitest";
import { withoutNaN } from "./without-nan.ts";

test("numbers that JSON does not have become null, whatever strings say", () => {
  const text = '{"a":NaN,"b":[-Infinity, Infinity],"NaN":"é \\"NaN\\\\","c":NaN}';
  expect(withoutNaN(Buffer.from(text))?.toString()).toBe(
    '{"a":null,"b":[null, null],"NaN":"é \\"NaN\\\\","c":null}',
  );
});

test("strings of millions of escapes are passed over", () => {
  const text = `{"a":"${"\\n".repeat(8_000_000)} NaN","b":NaN}`;
  expect(withoutNaN(Buffer.from(text))?.toString().endsWith(' NaN","b":null}')).toBe(true);
});

test.each(['{"a":1}', '{"NaN":"Infinity"}', '{"a":NaNs}'])("nothing is done to %s", (text) => {
  expect(withoutNaN(Buffer.from(text))).toBeUndefined();
});

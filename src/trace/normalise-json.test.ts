import { expect, test } from "vitest";
import { normaliseJson } from "./scan-json.ts";

test.each([
  ['{"a":1}', '{"a":1}'],
  [' { "a b" : [ 1 ,\t2 ]\r\n} ', '{"a b":[1,2]}'],
  ['{"\\u0061":"\\/ \\u00e9\\ud83d\\ude00"}', '{"a":"/ é😀"}'],
  ['["\\n","\\u000a","\\\\u0061","\\""]', '["\\n","\\n","\\\\u0061","\\""]'],
  ["[ 1.0, 12345678901234567891, -0 , 1E5 ]", "[1.0,12345678901234567891,-0,1E5]"],
  ['"  "', '"  "'],
  ["  true ", "true"],
])("%s becomes %s", (text, normal) => {
  expect(normaliseJson(text)).toBe(normal);
});

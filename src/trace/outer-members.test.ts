import { expect, test } from "vitest";
import { createRandom, randomObject } from "../../test/support/random-json.ts";
import { outerMembers } from "./outer-members.ts";
import { scanJson } from "./scan-json.ts";

/** Key, its own text and the value's text of each member. */
function read(json: string): string[][] {
  const bytes = Buffer.from(json);
  return outerMembers(bytes).map(({ key, keyStart, start, end }) => [
    key,
    bytes.toString("utf8", keyStart, start),
    bytes.toString("utf8", start, end),
  ]);
}

test.each([
  ["{}", []],
  [" {\n} ", []],
  ['{"a":1}', [["a", '"a":', "1"]]],
  [
    ' { "a" : [1,{"x":","}] , "b":"}\\"" ,\n"c":true }',
    [
      ["a", '"a" : ', '[1,{"x":","}]'],
      ["b", '"b":', '"}\\""'],
      ["c", '"c":', "true"],
    ],
  ],
  [
    '{"\\u0069d":"\\\\","é":{"id":1}}',
    [
      ["id", '"\\u0069d":', '"\\\\"'],
      ["é", '"é":', '{"id":1}'],
    ],
  ],
])("the members of %s", (json, members) => {
  expect(read(json)).toEqual(members);
});

test("agrees with the scan of the whole text on random objects", () => {
  const random = createRandom(11);
  for (let round = 0; round < 2_000; round++) {
    const json = randomObject(random);
    const { members, fault } = scanJson(json);
    if (fault !== undefined) continue;
    expect(read(json)).toEqual(
      members.map(({ key, keyStart, start, end }) => [
        key,
        json.slice(keyStart, start),
        json.slice(start, end),
      ]),
    );
  }
});

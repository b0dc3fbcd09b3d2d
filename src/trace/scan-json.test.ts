import { describe, expect, test } from "vitest";
import { escapePointer, MAX_DEPTH, scanJson } from "./scan-json.ts";

function spans(text: string): [string, string, string][] {
  return scanJson(text).members.map(({ key, keyStart, start, end }) => [
    key,
    text.slice(start, end),
    text.slice(keyStart, start),
  ]);
}

describe("members", () => {
  test("are found with their values' text, whatever their kind", () => {
    const text = ' { "a" : 1.50 ,"b":[1,{"x":2}],\n"c": "say \\"hi\\", {ok}" ,"d":{"a":{}},"e":null}';
    expect(spans(text)).toEqual([
      ["a", "1.50", '"a" : '],
      ["b", '[1,{"x":2}]', '"b":'],
      ["c", '"say \\"hi\\", {ok}"', '"c": '],
      ["d", '{"a":{}}', '"d":'],
      ["e", "null", '"e":'],
    ]);
  });

  test("are named by what their keys' escapes mean", () => {
    expect(spans('{"\\u0061\\"\\\\":0}')[0]?.[0]).toBe('a"\\');
  });

  test.each(["[]", '[{"a":1}]', '"{}"', "1", "null", "{}"])("there are none in %s", (text) => {
    expect(scanJson(text)).toEqual({
      members: [],
      exactNumbers: true,
      isCompact: text.trim() === text,
      fault: undefined,
    });
  });

  test("end where a string of backslashes ends", () => {
    expect(spans('{"a":"\\\\","b":"\\\\\\"","c":1}').map(([, value]) => value)).toEqual([
      '"\\\\"',
      '"\\\\\\""',
      "1",
    ]);
  });
});

describe("repeated keys", () => {
  test.each([
    ['{"a":1,"a":2}', "/a"],
    ['{"a":1,"\\u0061":2}', "/a"],
    ['{"x":[0,{"b":{"c":1,"d":2,"c":3}}]}', "/x/1/b/c"],
    ['[{"":1,"":2}]', "/0/"],
    ['{"a/b~c":1,"a/b~c":1}', "/a~1b~0c"],
    ['{"__proto__":1,"__proto__":1}', "/__proto__"],
  ])("are a fault in %s", (text, pointer) => {
    expect(scanJson(text).fault).toMatchObject({ pointer, code: "duplicate_key" });
  });

  test.each(['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]', '{"a":"a","b":"a"}', '{"a":1,"A":1}'])(
    "are not seen in %s",
    (text) => {
      expect(scanJson(text).fault).toBeUndefined();
    },
  );

  test.each([15, 16, 17, 5_000])("are found behind %i other keys", (count) => {
    const keys = Array.from({ length: count }, (_, index) => `"key${index}":0`).join(",");
    expect(scanJson(`{${keys}}`).fault).toBeUndefined();
    expect(scanJson(`{${keys},"key${count - 1}":0}`).fault?.pointer).toBe(`/key${count - 1}`);
    expect(scanJson(`{${keys},"key0":0}`).fault?.pointer).toBe("/key0");
  });
});

describe("numbers", () => {
  test.each(["0", "-7", "9007199254740991", "0.5", "1e+21", "5e-324", "[1,2.5]", '{"a":-0.25}', '"1.0"'])(
    "%s is exact",
    (text) => {
      expect(scanJson(text)).toMatchObject({ exactNumbers: true, fault: undefined });
    },
  );

  test.each(["9007199254740993", "1.0", "-0", "1E5", "1e400", "0.10000000000000000001", '{"a":[0,1e5]}'])(
    "%s is not what JSON.stringify would write",
    (text) => {
      expect(scanJson(text)).toMatchObject({ exactNumbers: false, fault: undefined });
    },
  );

  test.each(["1e400", "1E-400", "1e+0400"])("%s can be kept", (text) => {
    expect(scanJson(text).fault).toBeUndefined();
  });

  test.each(["1e401", "1E-401", "0e999999"])("%s is out of range", (text) => {
    const { fault } = scanJson(`{"meta":[1,${text}]}`);
    expect(fault).toMatchObject({ pointer: "/meta/1", code: "number_out_of_range" });
  });
});

test("numbers may have a thousand digits and no more", () => {
  expect(scanJson(`[${"7".repeat(1_000)}]`).fault).toBeUndefined();
  expect(scanJson(`[${"7".repeat(1_001)}]`).fault).toMatchObject({
    pointer: "/0",
    code: "number_out_of_range",
  });
});

describe("nesting", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  test("may be as deep as the limit and no deeper", () => {
    expect(scanJson(nested(MAX_DEPTH)).fault).toBeUndefined();
    expect(scanJson(nested(MAX_DEPTH + 1)).fault?.code).toBe("too_deep");
  });

  test("is counted down again after each value", () => {
    expect(
      scanJson(
        `[${Array(5)
          .fill(nested(MAX_DEPTH - 1))
          .join(",")}]`,
      ).fault,
    ).toBeUndefined();
  });
});

test("pointers escape tilde before slash", () => {
  expect(escapePointer("~1/")).toBe("~01~1");
  expect(escapePointer(3)).toBe("3");
});

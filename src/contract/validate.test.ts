import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import { compileCheck } from "./validate.ts";

const closed = { additionalProperties: false } as const;
const Maybe = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

function messages(schema: Type.TSchema, value: unknown): string[] {
  return compileCheck(schema)(value).map(({ pointer, code, message }) => `${pointer} ${code}: ${message}`);
}

test("a valid value has no issues", () => {
  expect(compileCheck(Type.Object({ a: Type.Integer() }, closed))({ a: 1 })).toEqual([]);
});

describe("an issue says what is wrong, where, in words", () => {
  test.each<[string, Type.TSchema, unknown, string[]]>([
    [
      "a missing member",
      Type.Object({ a: Type.Null(), b: Type.Null() }),
      {},
      ['/a required: "a" is required', '/b required: "b" is required'],
    ],
    [
      "a member too many",
      Type.Object({}, closed),
      { "x/y": 1, "~1": 2 },
      [
        '/x~1y unknown_member: "x/y" is not a known member',
        '/~01 unknown_member: "~1" is not a known member',
      ],
    ],
    ["a wrong type", Type.Array(Type.String()), ["a", 1], ["/1 type: Must be string"]],
    ["a wrong word", Type.Enum(["a", "b"]), "c", [" enum: Must be one of a, b"]],
    ["a number too large", Type.Integer({ maximum: 5 }), 6, [" maximum: Must be <= 5"]],
    [
      "a text too long",
      Type.String({ maxLength: 2 }),
      "abc",
      [" maxLength: Must not have more than 2 characters"],
    ],
    [
      "no time",
      Type.String({ format: "instant" }),
      "yesterday",
      [" format: Must be a time in ISO 8601, such as 2026-01-31T12:00:00Z"],
    ],
    ["no UUID", Type.String({ pattern: "^[0-9]$" }), "x", [" pattern: Must be a UUID"]],
  ])("%s", (_, schema, value, expected) => {
    expect(messages(schema, value)).toEqual(expected);
  });
});

describe("of a union", () => {
  const Text = Type.String({ minLength: 2 });

  test("only what it allows is named when none of it was meant", () => {
    expect(messages(Type.Object({ a: Maybe(Text) }), { a: 5 })).toEqual(["/a type: Must be string or null"]);
    const Many = Type.Union([Text, Type.Array(Text), Type.Integer(), Type.Null()]);
    expect(messages(Many, true)).toEqual([" type: Must be string or array or integer or null"]);
  });

  test("the fault within the branch that was meant is named, and no other", () => {
    const schema = Type.Object({
      a: Maybe(Text),
      b: Maybe(Type.Object({ c: Type.Integer() }, closed)),
      d: Maybe(Type.Enum(["x", "y"])),
    });
    expect(messages(schema, { a: "1", b: { c: 1, e: 2 }, d: "z" })).toEqual([
      "/a minLength: Must not have fewer than 2 characters",
      '/b/e unknown_member: "e" is not a known member',
      "/d enum: Must be one of x, y",
    ]);
  });

  test("every item of an array is judged by itself", () => {
    const schema = Type.Array(Type.Object({ a: Maybe(Text), b: Maybe(Text) }));
    expect(messages(schema, [{ a: 1 }, { b: 2 }, {}, { a: "x", b: 3 }, { a: 4 }])).toEqual([
      "/0/a type: Must be string or null",
      "/1/b type: Must be string or null",
      "/3/a minLength: Must not have fewer than 2 characters",
      "/3/b type: Must be string or null",
      "/4/a type: Must be string or null",
    ]);
  });

  test("one union may stand within another", () => {
    const Part = Type.Object({ text: Maybe(Text) }, closed);
    const schema = Type.Object({ content: Maybe(Type.Union([Text, Type.Array(Part)])) });
    expect(messages(schema, { content: [{ text: 1 }, { text: "ok" }, { text: 2 }] })).toEqual([
      "/content/0/text type: Must be string or null",
      "/content/2/text type: Must be string or null",
    ]);
  });
});

test("no more than the first hundred issues are named", () => {
  const items = Array.from({ length: 5_000 }, () => 5);
  const issues = compileCheck(Type.Array(Type.Union([Type.String(), Type.Null()])))(items);
  expect(issues.map((issue) => issue.pointer)).toEqual(Array.from({ length: 100 }, (_, at) => `/${at}`));
  const members = Object.fromEntries(items.map((item, at) => [`k${at}`, item]));
  expect(compileCheck(Type.Object({}, closed))(members)).toHaveLength(100);
});

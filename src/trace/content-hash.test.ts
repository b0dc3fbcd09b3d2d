import { describe, expect, test } from "vitest";
import { trace10, trace11 } from "../../test/support/traces.ts";
import { checkTrace } from "./check-trace.ts";
import { parseJson } from "./json-document.ts";
import { toTraceRow } from "./trace-row.ts";

function hashOf(trace: object | string): string {
  const document = parseJson(typeof trace === "string" ? trace : JSON.stringify(trace));
  return toTraceRow(document, checkTrace(document.value)).contentHash.toString("hex");
}

/** The same text with every character of its strings that is not ASCII written as an escape. */
function escaped(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A trace as JSON whose meta holds this text as it stands. */
const withMeta = (meta: string) => JSON.stringify(trace10({ meta: "META" })).replace('"META"', meta);

test("the hash has sixteen bytes", () => {
  expect(hashOf(trace10())).toMatch(/^[0-9a-f]{32}$/);
});

describe.each([
  ["plain numbers", withMeta('{"n":1,"deep":[{"s":"é😀 / \\" \\\\"}]}')],
  ["numbers that a double cannot hold", withMeta('{"n":12345678901234567890,"s":"é😀 / \\" \\\\","x":1.0}')],
])("for a trace with %s the hash is equal", (_, text) => {
  test("whatever the white space between its tokens", () => {
    const spaced = text.replace(/("[a-z_]+"):/g, "\n  $1\t:\r\n ");
    expect(spaced).not.toBe(text);
    expect(hashOf(` ${spaced}\n`)).toBe(hashOf(text));
  });

  test("whatever the escapes in its strings", () => {
    expect(escaped(text)).not.toBe(text);
    expect(hashOf(escaped(text))).toBe(hashOf(text));
    expect(hashOf(text.replaceAll("/", "\\/"))).toBe(hashOf(text));
    expect(hashOf(text.replace('"prompt"', '"\\u0070rompt"'))).toBe(hashOf(text));
  });

  test("whatever the order of its outer members", () => {
    const [first, ...rest] = parseJson(text).members.map(({ keyStart, end }) => text.slice(keyStart, end));
    expect(hashOf(`{${[...rest.reverse(), first].join(",")}}`)).toBe(hashOf(text));
  });

  test("whatever its id", () => {
    const withId = text.replace("{", '{"id":"0198f4a0-0000-7000-8000-000000000001",');
    expect(hashOf(withId)).toBe(hashOf(text));
  });
});

test("the hash is equal whatever the scores, which change", () => {
  const { scores, ...without } = trace11();
  expect(scores).toHaveLength(2);
  expect(hashOf(without)).toBe(hashOf(trace11()));
  expect(hashOf(trace11({ scores: [{ name: "reward", value: 0.25 }] }))).toBe(hashOf(without));
  const inexact = JSON.stringify(without).replace("{", '{"scores":[{"name":"reward","value":1.0}],');
  expect(hashOf(inexact)).toBe(hashOf(without));
});

describe("the hash differs", () => {
  test.each([
    ["prompt", { prompt: "What is 27 × 19? " }],
    ["answer", { final_answer: "512" }],
    ["step content", { steps: [{ i: 0, type: "parse", content: "x" }] }],
    ["step order", { steps: [...(trace10().steps as object[])].reverse() }],
    ["meta", { meta: { source: "example", tags: ["maths"] } }],
    ["order within meta", { meta: { tags: ["math"], source: "example" } }],
    ["version", { trace_version: "1.1" }],
  ])("for another %s", (_, changes) => {
    expect(hashOf(trace10(changes))).not.toBe(hashOf(trace10()));
  });

  test("for other tokens", () => {
    expect(hashOf(trace11({ tokens: { ids: [1, 2, 4] } }))).not.toBe(hashOf(trace11()));
  });

  test.each([
    ["12345678901234567890", "12345678901234567891"],
    ["9007199254740992", "9007199254740993"],
    ["0.1", "0.10000000000000000001"],
    ["1e400", "1e399"],
    ["1", '"1"'],
    ["null", "false"],
  ])("for %s and %s", (one, other) => {
    expect(hashOf(withMeta(`{"n":${one}}`))).not.toBe(hashOf(withMeta(`{"n":${other}}`)));
  });

  test("for white space within strings", () => {
    expect(hashOf(withMeta('{"n":1.0,"s":"a b"}'))).not.toBe(hashOf(withMeta('{"n":1.0,"s":"ab"}')));
  });

  test("when text moves from one member to its neighbour", () => {
    const one = trace10({ prompt: 'a"\nfinal_answer:"b', final_answer: "c" });
    const other = trace10({ prompt: "a", final_answer: 'b"\nprompt:"c' });
    expect(hashOf(one)).not.toBe(hashOf(other));
  });
});

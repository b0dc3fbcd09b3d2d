import { describe, expect, test } from "vitest";
import { createRandom } from "../../test/support/random-json.ts";
import type { Trace } from "../contract/trace.ts";
import { checkTrace } from "./check-trace.ts";
import { parseJson } from "./json-document.ts";
import { toTraceRow } from "./trace-row.ts";

const others = [
  '"trace_version":"1.1"',
  '"prompt":"What is 27 × 19? 😀 \\"tokens\\":"',
  '"final_answer":null',
  '"steps":[{"i":0,"type":"t","content":"c","args":{"tokens":{"ids":[]}}}]',
  '"meta":{"tokens":[1, 2]}',
];
const tokens = '"tokens" : {"tokenizer":"é", "ids":[1,2], "logprobs":[-0.10, null]}';

function cut(text: string) {
  const document = parseJson(text);
  return toTraceRow(document, checkTrace(document.value));
}

/** What a read with tokens does: the cut goes back in at its byte. */
function putBack({ payload, tokens }: ReturnType<typeof cut>): string {
  const bytes = Buffer.from(payload);
  const offset = tokens?.offset ?? Number.NaN;
  return Buffer.concat([
    bytes.subarray(0, offset),
    Buffer.from(tokens?.text ?? ""),
    bytes.subarray(offset),
  ]).toString();
}

function expectWholeAgain(text: string) {
  const row = cut(text);
  const { tokens, ...rest } = JSON.parse(text) as Trace & { tokens: object };
  expect(tokens).toBeDefined();
  expect(JSON.parse(row.payload.toString()), text).toEqual(rest);
  expect(putBack(row), text).toBe(text);
}

describe("tokens are cut out and go back in byte for byte", () => {
  test.each([0, 1, 2, 3, 4, 5])("with %i members before them", (count) => {
    const members = [...others.slice(0, count), tokens, ...others.slice(count)];
    expectWholeAgain(`{${members.join(",")}}`);
    expectWholeAgain(`\n{ ${members.join(" ,\r\n\t")} } `);
  });

  test("in random orders with random white space", () => {
    const random = createRandom(7);
    for (let round = 0; round < 500; round++) {
      const members = [...others, tokens];
      let text = "";
      while (members.length > 0) {
        const [member] = members.splice(random.below(members.length), 1);
        const [before, after] = [random.pick(["", " ", "\n"]), random.pick(["", "\t", "  "])];
        text += `${text === "" ? "" : ","}${before}${member}${after}`;
      }
      expectWholeAgain(`{${text}}`);
    }
  });

  test("when they are all there is", () => {
    const document = parseJson(`{ ${tokens} }`);
    const row = toTraceRow(document, {
      trace_version: "1.1",
      prompt: "p",
      final_answer: null,
      steps: [],
      tokens: {},
    });
    expect(row.payload.toString()).toBe("{  }");
    expect(putBack(row)).toBe(document.text);
  });

  test("when their key is written with escapes", () => {
    expectWholeAgain(`{${others.join(",")},"\\u0074okens":{}}`);
  });
});

test("the offset counts bytes", () => {
  const row = cut(`{${others.join(",")},${tokens}}`);
  expect(row.tokens?.offset).toBe(Buffer.byteLength(`{${others.join(",")}`));
  expect(row.tokens?.text.toString()).toBe(`,${tokens}`);
});

test.each(["null", "absent"])("a trace whose tokens are %s stays whole", (tokens) => {
  const text = `{${others.join(",")}${tokens === "null" ? ',"tokens": null' : ""}}`;
  expect(cut(text)).toMatchObject({ payload: Buffer.from(text), tokens: null });
});

import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { gsm8k } from "./gsm8k.ts";

const plain =
  "Natalia sold 48/2 = <<48/2=24>>24 clips in May.\nNatalia sold 48+24 = <<48+24=72>>72 clips altogether.\n#### 72";
const socratic =
  "How many clips did Natalia sell in May? ** Natalia sold 48/2 = 24 clips.\nHow many altogether? ** She sold 72.\n#### 72";

function read(answer: unknown, question: unknown = "How many?") {
  const traces = gsm8k.read(parseJson(JSON.stringify({ question, answer })));
  expect(traces).toHaveLength(1);
  const trace = checkTrace(traces[0]);
  if (trace.trace_version !== "1.1") throw new Error("Not of version 1.1");
  return trace;
}

function joined({ steps }: ReturnType<typeof read>): string {
  return steps.map(({ before, content, after }) => `${before ?? ""}${content}${after ?? ""}`).join("");
}

test("a plain record is a step a line, with the gold answer as answer and reference", () => {
  expect(read(plain)).toEqual({
    trace_version: "1.1",
    prompt: "How many?",
    final_answer: "72",
    steps: [
      { i: 0, type: "reasoning", content: plain.split("\n")[0], role: "assistant", after: "\n" },
      { i: 1, type: "reasoning", content: plain.split("\n")[1], role: "assistant", after: "\n#### 72" },
    ],
    reference: { answer: "72", kind: "math" },
    meta: { source: "gsm8k" },
  });
});

test("a Socratic record has a question before each step", () => {
  expect(read(socratic).steps.map(({ i, type, content, after }) => [i, type, content, after])).toEqual([
    [0, "sub_question", "How many clips did Natalia sell in May?", " ** "],
    [1, "reasoning", "Natalia sold 48/2 = 24 clips.", "\n"],
    [2, "sub_question", "How many altogether?", " ** "],
    [3, "reasoning", "She sold 72.", "\n#### 72"],
  ]);
});

test.each([
  ["#### 1,234,567", "1234567"],
  ["#### -5", "-5"],
  ["####5", "5"],
  ["####   0.50  \n\n", "0.50"],
  ["#### $18", "$18"],
  ["so #### 1 is not it\n#### 2", "2"],
  ["x #### 5 #### 7", "7"],
])("the final answer in %j is %s", (ending, answer) => {
  for (const text of [ending, `A step.\n${ending}`]) {
    expect(read(text)).toMatchObject({ final_answer: answer, reference: { answer } });
  }
});

describe("joining the steps gives the answer's text back", () => {
  test.each([
    ["plain", plain],
    ["Socratic", socratic],
    ["of one line", "All of it. #### 3"],
    ["with nothing but the answer", "#### 3"],
    ["with an empty line before the answer", "\n#### 3"],
    ["with empty lines between", "a\n\n\nb\n\n#### 3"],
    ["with white space at its ends", "  a \n b\t\n#### 3 \n \n"],
    ["with the line ends of Windows", "a ** b\r\nc\r\n#### 3\r\n"],
    ["with several questions in a line", "a ** b ** c\n ** d\ne ** \n#### 3"],
    ["with marks among its lines", "#### 1\n#### 2\n#####3"],
    ["of other alphabets", "数 ** 三😀\n#### 3"],
  ])("of a record %s", (_, answer) => {
    expect(joined(read(answer))).toBe(answer);
  });
});

describe("a record is refused", () => {
  test.each(["no mark", "step\n####", "step\n####  \n", "#### 5\nand then more", ""])(
    "when its answer is %j",
    (answer) => {
      expect(thrownBy(() => read(answer)).code).toBe("invalid_trace");
    },
  );

  test.each(["null", "[]", "5", '"####"', "{}", '{"answer":"#### 5"}', '{"question":"q","answer":5}'])(
    "when it is %s, though the records before it were right",
    (text) => {
      expect(thrownBy(() => gsm8k.read(parseJson(text))).code).toBe("invalid_trace");
    },
  );

  test("soon, when it holds a long run of spaces", () => {
    expect(thrownBy(() => read(`#### ${" ".repeat(1_000_000)}\nx`)).code).toBe("invalid_trace");
  });
});

test("what else a record holds is kept, integers as they are written", () => {
  const text = '{"question":"q","answer":"#### 5","id":12345678901234567890,"level":"easy","source":"mine"}';
  expect(gsm8k.read(parseJson(text))).toMatchObject([
    { final_answer: "5", meta: { source: "mine", id: "12345678901234567890", level: "easy" } },
  ]);
});

test("records are recognised by question, answer and mark", () => {
  expect(gsm8k.recognises({ question: "q", answer: plain, extra: 1 })).toBe(true);
  for (const other of [null, [], "####", { question: "q", answer: "a" }, { question: 1, answer: "####" }]) {
    expect(gsm8k.recognises(other)).toBe(false);
  }
});

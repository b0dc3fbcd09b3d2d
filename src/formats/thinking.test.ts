import { describe, expect, test } from "vitest";
import { checkTrace } from "../trace/check-trace.ts";
import { type CompletionOptions, type ParsedCompletion, parseCompletion, splitThought } from "./thinking.ts";

function joined({ steps }: Pick<ParsedCompletion, "steps">): string {
  return steps.map(({ before, content, after }) => `${before ?? ""}${content}${after ?? ""}`).join("");
}

/** Type and content of each step, after checking that the steps hold every byte. */
function parse(completion: string, options?: CompletionOptions) {
  const parsed = parseCompletion(completion, options);
  expect(joined(parsed)).toBe(completion);
  expect(parsed.steps.map(({ i }) => i)).toEqual(parsed.steps.map((_, index) => index));
  const steps = parsed.steps.map(({ type, content }) => [type, content]);
  return { steps, finalAnswer: parsed.finalAnswer, finishReason: parsed.finishReason };
}

test("a thought's paragraphs are steps, the text behind it is the answer", () => {
  const completion = "<think>\nTwo and two.\n\nThat is four.\n</think>\n\nIt is **4**.\n";
  expect(parseCompletion(completion)).toEqual({
    steps: [
      {
        i: 0,
        type: "thinking",
        content: "Two and two.",
        role: "assistant",
        before: "<think>\n",
        after: "\n\n",
      },
      { i: 1, type: "thinking", content: "That is four.", role: "assistant", after: "\n</think>" },
      { i: 2, type: "answer", content: "It is **4**.", role: "assistant", before: "\n\n", after: "\n" },
    ],
    finalAnswer: "It is **4**.",
    finishReason: undefined,
  });
});

describe("tags in every state", () => {
  test.each([
    ["no tags", "Four.", [["answer", "Four."]], "Four."],
    ["an empty thought", "<think></think>Four.", [["answer", "Four."]], "Four."],
    ["a blank thought", "<think>\n\n</think>\n\nFour.", [["answer", "Four."]], "Four."],
    ["nothing but an empty thought", "<think></think>\n", [["thinking", ""]], null],
    ["nothing", "", [], null],
    ["only space", " \n", [["text", ""]], null],
    ["a thought and no answer", "<think>a</think>\n", [["thinking", "a"]], null],
    [
      "text before the thought",
      "Hm. <think>a</think>b",
      [
        ["text", "Hm."],
        ["thinking", "a"],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "text before an empty thought",
      "Hm.<think></think>b",
      [
        ["text", "Hm."],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "two closing tags",
      "<think>a</think>b</think>c",
      [
        ["thinking", "a"],
        ["thinking", "b"],
        ["answer", "c"],
      ],
      "c",
    ],
    [
      "nested thoughts",
      "<think>a<think>b</think>c</think>d",
      [
        ["thinking", "a"],
        ["thinking", "b"],
        ["thinking", "c"],
        ["answer", "d"],
      ],
      "d",
    ],
    [
      "two thoughts",
      "<think>a</think>b<think>c</think>d",
      [
        ["thinking", "a"],
        ["text", "b"],
        ["thinking", "c"],
        ["answer", "d"],
      ],
      "d",
    ],
    [
      "a thought about the tag",
      "<think>a <think> tag</think>b",
      [
        ["thinking", "a"],
        ["thinking", "tag"],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "attributes",
      '<think foo="x">a</think>b',
      [
        ["thinking", "a"],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "no opening tag",
      "a\n</think>\nb",
      [
        ["thinking", "a"],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "the long tag",
      "<thinking>a</thinking>b",
      [
        ["thinking", "a"],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "capitals",
      "<THINK>a</Think>b",
      [
        ["thinking", "a"],
        ["answer", "b"],
      ],
      "b",
    ],
    [
      "an answer that names the tag",
      "<think>a</think>Use <think> tags.",
      [
        ["thinking", "a"],
        ["answer", "Use <think> tags."],
      ],
      "Use <think> tags.",
    ],
    [
      "answer tags",
      "<think>a</think>\n<answer>\n4\n</answer>",
      [
        ["thinking", "a"],
        ["answer", "4"],
      ],
      "4",
    ],
    [
      "answer tags within the answer",
      "<think>a</think>So <answer>4</answer> it is",
      [
        ["thinking", "a"],
        ["text", "So"],
        ["answer", "4"],
        ["text", "it is"],
      ],
      "4",
    ],
    [
      "a thought about answer tags",
      "<think>in <answer> tags</think><answer>4</answer>",
      [
        ["thinking", "in <answer> tags"],
        ["answer", "4"],
      ],
      "4",
    ],
    [
      "the tags that trainers ask for",
      "<reasoning>a</reasoning><answer>4</answer>",
      [
        ["thinking", "a"],
        ["answer", "4"],
      ],
      "4",
    ],
    [
      "other words in angle brackets",
      "<thinker>a</thinker>",
      [["answer", "<thinker>a</thinker>"]],
      "<thinker>a</thinker>",
    ],
    [
      "thought and solution tokens",
      "<|begin_of_thought|>\n\na\n\n<|end_of_thought|>\n\n<|begin_of_solution|>\n\nb\n\n<|end_of_solution|>",
      [
        ["thinking", "a"],
        ["answer", "b"],
      ],
      "b",
    ],
  ])("%s", (_, completion, steps, finalAnswer) => {
    expect(parse(completion)).toEqual({ steps, finalAnswer, finishReason: undefined });
  });

  test("a thought left open was cut off", () => {
    expect(parse("<think>\na\n\nb")).toEqual({
      steps: [
        ["thinking", "a"],
        ["thinking", "b"],
      ],
      finalAnswer: null,
      finishReason: "length",
    });
    expect(parse("<think>a</think>b\n<think>c")).toMatchObject({ finalAnswer: null, finishReason: "length" });
  });

  test("a prompt that opened the thought leaves the closing tag to the completion", () => {
    expect(parse("a\n</think>\nb", { startsThinking: true })).toMatchObject({ finalAnswer: "b" });
    expect(parse("a", { startsThinking: true })).toEqual({
      steps: [["thinking", "a"]],
      finalAnswer: null,
      finishReason: "length",
    });
  });

  test("end-of-text tokens belong to no step's content and say that the model stopped", () => {
    expect(parse("<think>a</think>b<|im_end|>\n<|endoftext|>")).toEqual({
      steps: [
        ["thinking", "a"],
        ["answer", "b"],
      ],
      finalAnswer: "b",
      finishReason: "stop",
    });
  });
});

test("paragraphs of a completion without a thought are steps only where that is asked for", () => {
  expect(parse("One.\n\nTwo.").steps).toEqual([["answer", "One.\n\nTwo."]]);
  expect(parse("One.\n\nTwo.", { splitUntagged: true })).toEqual({
    steps: [
      ["answer", "One."],
      ["answer", "Two."],
    ],
    finalAnswer: "One.\n\nTwo.",
    finishReason: undefined,
  });
});

test("a thought of 30,000 paragraphs fits the contract, and so does its answer", () => {
  const completion = `<think>${"a line\n\n".repeat(30_000)}</think>b`;
  const { steps, finalAnswer } = parseCompletion(completion);
  expect(joined({ steps })).toBe(completion);
  expect(steps.length).toBeLessThanOrEqual(20_000);
  expect(steps.at(-1)).toMatchObject({ type: "answer", content: "b" });
  expect(finalAnswer).toBe("b");
});

test("a thought of three million characters without any end is cut to the contract's size", () => {
  const completion = `<think>${"𝄞".repeat(1_500_000)}`;
  const { steps } = parseCompletion(completion);
  expect(joined({ steps })).toBe(completion);
  expect(steps.every(({ content }) => content.length <= 1_000_000 && content.isWellFormed())).toBe(true);
});

test("a thought that came as plain text is split as one within tags, tags in it being text", () => {
  expect(splitThought("a </think>\n\nb")).toEqual([
    { type: "thinking", content: "a </think>", role: "assistant", after: "\n\n" },
    { type: "thinking", content: "b", role: "assistant" },
  ]);
  expect(splitThought("a", "summary")).toEqual([{ type: "summary", content: "a", role: "assistant" }]);
  expect(splitThought("")).toEqual([]);
});

/** Mulberry32: the same soup in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const soup = [
  "<think>",
  "</think>",
  "<think",
  ">",
  "</",
  "<thinking>",
  "</thinking >",
  '<think a="b">',
  "<answer>",
  "</answer>",
  "<|begin_of_thought|>",
  "<|end_of_thought|>",
  "<|begin_of_solution|>",
  "<|end_of_solution|>",
  "<|im_end|>",
  "<|endoftext|>",
  "</s>",
  "\n\n",
  "\n",
  " \n\t\n ",
  "  ",
  "\r\n\r\n",
  "```\n",
  "\n~~~~",
  "Wait. ",
  "No?Yes ",
  "好。",
  "𝄞",
  "\u00a0",
  "\ufeff",
  "word ".repeat(500),
  "A sentence that ends here. ".repeat(100),
  "終わり。".repeat(400),
];

test("whatever tags a completion mixes, its steps hold every byte and make a valid trace", () => {
  const random = seeded(20_240_607);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let round = 0; round < 4_000; round++) {
    const completion = Array.from({ length: Math.floor(random() * 14) }, () => pick(soup)).join("");
    const options = { startsThinking: random() < 0.2, splitUntagged: random() < 0.3 };
    const { steps, finalAnswer } = parseCompletion(completion, options);
    expect(joined({ steps })).toBe(completion);
    checkTrace({ trace_version: "1.1", prompt: "?", final_answer: finalAnswer, steps });
    const answer = joined({ steps: steps.filter(({ type }) => type === "answer") });
    if (finalAnswer === null) expect(answer).toBe("");
    else expect(answer).toContain(finalAnswer);
  }
});

test("the time it takes grows with the text, not with its square", () => {
  const shapes = [
    "<think>",
    "</think>",
    "\n",
    " \n",
    "a.",
    "a. ",
    "```\n",
    "<think ",
    "\n```\na. A\n\n",
    "<|endoftext|>",
  ];
  for (const shape of shapes) {
    const completion = `<think>${shape.repeat(Math.ceil(1_000_000 / shape.length))}`;
    const start = performance.now();
    expect(joined(parseCompletion(completion)).length).toBe(completion.length);
    // A square would take minutes.
    expect(performance.now() - start, JSON.stringify(shape)).toBeLessThan(3_000);
  }
});

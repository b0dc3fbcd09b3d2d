import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import type { Trace11 } from "../contract/trace.ts";
import { checkTrace } from "../trace/check-trace.ts";
import { parseJson } from "../trace/json-document.ts";
import { chat } from "./chat.ts";

function read(record: unknown): Trace11 {
  const traces = chat.read(parseJson(JSON.stringify(record)));
  expect(traces).toHaveLength(1);
  return checkTrace(traces[0]) as Trace11;
}

const user = { role: "user", content: "What is 2 + 2?" };
const readAnswer = (message: object) => read({ messages: [user, { role: "assistant", ...message }] });
const shape = ({ steps }: Trace11) => steps.map(({ type, content }) => [type, content]);

test("the last assistant message is the trace and what precedes it the prompt", () => {
  const earlier = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello" },
    { role: "assistant", content: "<think>Greet.</think>Hi", weight: 0 },
    user,
  ];
  expect(
    read({ messages: [...earlier, { role: "assistant", content: "<think>Easy.</think>\n4\n" }] }),
  ).toEqual({
    trace_version: "1.1",
    prompt: "What is 2 + 2?",
    final_answer: "4",
    messages: earlier,
    steps: [
      { i: 0, type: "thinking", content: "Easy.", role: "assistant", before: "<think>", after: "</think>" },
      { i: 1, type: "answer", content: "4", role: "assistant", before: "\n", after: "\n" },
    ],
  });
});

test("conversations with from and value are messages by another name", () => {
  const trace = read({
    id: "abc",
    system: "Be brief.",
    conversations: [
      { from: "human", value: "What is 2 + 2?" },
      {
        from: "gpt",
        value: "<|begin_of_thought|>Easy.<|end_of_thought|><|begin_of_solution|>4<|end_of_solution|>",
      },
    ],
  });
  expect(trace.messages).toEqual([{ role: "system", content: "Be brief." }, user]);
  expect(trace.final_answer).toBe("4");
  expect(trace.meta).toEqual({ id: "abc" });
});

describe("thoughts beside the content", () => {
  test("the best member wins, and one that says something else is kept", () => {
    const details = [{ type: "reasoning.text", text: "From details." }];
    const trace = readAnswer({
      content: "4",
      thinking: "From thinking.",
      reasoning_content: "From details.",
      reasoning: "",
      reasoning_details: details,
    });
    expect(shape(trace)).toEqual([
      ["thinking", "From details."],
      ["answer", "4"],
    ]);
    expect(trace.meta).toEqual({ message_extras: [{ message: 0, thinking: "From thinking." }] });
    const members = { reasoning: "a", reasoning_content: "b", thinking: "c" };
    expect(shape(readAnswer({ content: "4", ...members }))[0]).toEqual(["thinking", "a"]);
    expect(shape(readAnswer({ content: "4", ...members, reasoning: null }))[0]).toEqual(["thinking", "b"]);
    expect(shape(readAnswer({ content: "4", thinking: "c" }))[0]).toEqual(["thinking", "c"]);
  });

  test("pieces of a streamed thought are one text, summaries and encrypted thoughts steps that say so", () => {
    const trace = readAnswer({
      content: "4",
      reasoning_details: [
        { type: "reasoning.text", text: "Two and ", signature: null },
        { type: "reasoning.text", text: "two.\n\nFour.", signature: "sig" },
        { type: "reasoning.summary", summary: "Adding." },
        { type: "reasoning.encrypted", data: "AAAA" },
      ],
    });
    expect(shape(trace)).toEqual([
      ["thinking", "Two and two."],
      ["thinking", "Four."],
      ["summary", "Adding."],
      ["encrypted", ""],
      ["answer", "4"],
    ]);
    expect(trace.meta).toEqual({
      message_extras: [
        {
          message: 0,
          reasoning_details: [
            { type: "reasoning.text", signature: null },
            { type: "reasoning.text", signature: "sig" },
            { type: "reasoning.summary" },
            { type: "reasoning.encrypted", data: "AAAA" },
          ],
        },
      ],
    });
  });

  test("a thought given twice, in a member and tagged in the content, is one thought", () => {
    const trace = readAnswer({ content: "<think>\nEasy.\n</think>4", reasoning_content: "\nEasy.\n" });
    expect(shape(trace)).toEqual([
      ["thinking", "Easy."],
      ["answer", "4"],
    ]);
    expect(trace.steps[0]?.before).toBe("<think>\n");
  });
});

describe("content in parts", () => {
  test("typed parts are steps, a tool's result is one, and each assistant message is a turn", () => {
    const call = '{"name": "add", "arguments": {"a": 2, "b": 2}}';
    const tools = [{ type: "function", function: { name: "add" } }];
    const trace = read({
      messages: [
        { role: "user", content: [{ type: "text", value: "What is 2 + 2?" }] },
        {
          role: "assistant",
          content: [
            { type: "reasoning", value: "Add." },
            { type: "tool_call", value: call },
          ],
        },
        { role: "tool", content: [{ type: "text", value: "4" }] },
        { role: "assistant", content: [{ type: "text", value: "It is 4." }], loss_weight: 1 },
      ],
      tools: JSON.stringify(tools),
    });
    expect(trace.prompt).toBe("What is 2 + 2?");
    expect(trace.messages).toHaveLength(1);
    expect(trace.tools).toEqual(tools);
    expect(trace.steps).toEqual([
      { i: 0, type: "thinking", content: "Add.", role: "assistant", turn: 0 },
      {
        i: 1,
        type: "tool_call",
        content: call,
        role: "assistant",
        name: "add",
        args: { a: 2, b: 2 },
        turn: 0,
      },
      { i: 2, type: "tool_result", content: "4", role: "tool", turn: 0 },
      { i: 3, type: "answer", content: "It is 4.", role: "assistant", turn: 1 },
    ]);
    expect(trace.final_answer).toBe("It is 4.");
    expect(trace.meta).toEqual({ message_extras: [{ message: 2, loss_weight: 1 }] });
  });

  test("signed and redacted thoughts keep what came with them", () => {
    const trace = readAnswer({
      content: [
        { type: "thinking", thinking: "Add.", signature: "sig" },
        { type: "redacted_thinking", data: "AAAA" },
        { type: "text", text: "Let me add." },
        { type: "tool_use", id: "c1", name: "add", input: { a: 2 } },
      ],
      finish_reason: "tool_use",
    });
    expect(shape(trace)).toEqual([
      ["thinking", "Add."],
      ["redacted_thinking", ""],
      ["answer", "Let me add."],
      ["tool_call", ""],
    ]);
    expect(trace.steps[3]).toMatchObject({ name: "add", call_id: "c1", args: { a: 2 } });
    expect(trace.generation).toEqual({ finish_reason: "tool" });
    const parts = [
      { type: "thinking", signature: "sig" },
      { type: "redacted_thinking", data: "AAAA" },
    ];
    expect(trace.meta).toEqual({ message_extras: [{ message: 0, parts }] });
  });

  test("text parts beside each other are one text, and only the last text is the answer", () => {
    const trace = readAnswer({
      content: [
        { type: "text", text: "<think>a</thi" },
        { type: "text", text: "nk>b" },
        { type: "image", url: "x" },
        { type: "text", text: "c" },
      ],
    });
    expect(shape(trace)).toEqual([
      ["thinking", "a"],
      ["text", "b"],
      ["image", ""],
      ["answer", "c"],
    ]);
    expect(trace.final_answer).toBe("c");
  });
});

test("calls in OpenAI's shape keep their arguments to the letter", () => {
  const trace = read({
    messages: [
      user,
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "add", arguments: '{"a":  2.0}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "" },
    ],
  });
  expect(trace.steps).toEqual([
    {
      i: 0,
      type: "tool_call",
      content: '{"a":  2.0}',
      role: "assistant",
      name: "add",
      call_id: "c1",
      args: { a: 2 },
    },
    { i: 1, type: "tool_result", content: "", role: "tool", call_id: "c1" },
  ]);
  expect(trace.final_answer).toBeNull();
});

test.each(['{"a": "\\u0000"}', '{"a": 1, "a": 2}', "{a", ""])(
  "arguments that no trace can hold stay text: %j",
  (args) => {
    const [step] = readAnswer({ tool_calls: [{ function: { name: "add", arguments: args } }] }).steps;
    expect(step).toEqual({ i: 0, type: "tool_call", content: args, role: "assistant", name: "add" });
  },
);

test("a call and its observation in a conversation are a tool's call and result", () => {
  const trace = read({
    conversations: [
      { from: "human", value: "What is 2 + 2?" },
      { from: "function_call", value: '{"name": "add", "arguments": {}}' },
      { from: "observation", value: "4" },
      { from: "gpt", value: "4" },
    ],
  });
  expect(trace.steps.map(({ type }) => type)).toEqual(["tool_call", "tool_result", "answer"]);
});

describe("why generation ended", () => {
  test.each([
    [{ content: "<think>a" }, "length"],
    [{ content: "<think>a", finish_reason: "stop" }, "stop"],
    [{ content: "4", finish_reason: "max_tokens" }, "length"],
    [{ content: "4", finish_reason: "content_filter" }, "abort"],
  ])("%j: %s", (message, reason) => {
    expect(readAnswer(message).generation).toEqual({ finish_reason: reason });
  });

  test("a word that is not known is kept beside its translation", () => {
    const record = { messages: [user, { role: "assistant", content: "4" }], finish_reason: "bored" };
    expect(read(record)).toMatchObject({
      generation: { finish_reason: "unknown" },
      meta: { finish_reason: "bored" },
    });
  });
});

test("what 1.1 has a place for goes there, everything else into meta", () => {
  const trace = read({
    messages: [user, { role: "assistant", content: "4" }, { role: "user", content: "Thanks" }],
    model: "m",
    usage: { prompt_tokens: 3, completion_tokens: 1 },
    tools: "none",
    source: "mine",
    tags: ["math"],
    big: 1,
  });
  expect(trace.generation).toEqual({ model: "m", prompt_tokens: 3, completion_tokens: 1 });
  expect(trace.meta).toEqual({
    usage: { prompt_tokens: 3, completion_tokens: 1 },
    tools: "none",
    source: "mine",
    tags: ["math"],
    big: 1,
    later_messages: [{ role: "user", content: "Thanks" }],
  });
});

test("an integer that a double cannot hold is kept as text", () => {
  const messages = JSON.stringify([user, { role: "assistant", content: '4 \\" 12345678901234567890' }]);
  const text = `{"messages": ${messages}, "n": 12345678901234567890, "power": 1152921504606846976, "zero": -0, "list": [1e400, 1.0, 9007199254740993, 1e2]}`;
  const trace = checkTrace(chat.read(parseJson(text))[0]) as Trace11;
  expect(trace.meta).toEqual({
    n: "12345678901234567890",
    power: "1152921504606846976",
    zero: -0,
    list: ["1e400", 1, "9007199254740993", 100],
  });
  expect(trace.final_answer).toBe('4 \\" 12345678901234567890');
});

test("without a user's words, everything said before is the prompt", () => {
  const answer = { role: "assistant", content: "4" };
  expect(read({ messages: [{ role: "system", content: "Add 2 and 2." }, answer] }).prompt).toBe(
    "Add 2 and 2.",
  );
  const image = { role: "user", content: [{ type: "image", url: "x" }] };
  expect(read({ messages: [image, answer] }).prompt).toBe("[image]");
});

describe("records that are no chat are refused by the member at fault", () => {
  const assistant = { role: "assistant", content: "4" };
  test.each([
    [{ messages: [assistant] }, 'Nothing stands before the assistant\'s turn in "messages"'],
    [{ messages: [user] }, 'No message of "messages" is the assistant\'s'],
    [{ messages: [user, { content: "4" }] }, 'The member "messages[1].role" must be a text'],
    [
      { conversations: [{ from: "human", value: 4 }] },
      'The member "conversations[0].value" must be a text, a list of parts or null',
    ],
    [
      { messages: [{ role: "user", content: ["a"] }] },
      'The member "messages[0].content[0]" must be a part with a "type"',
    ],
    [{ messages: [1] }, 'The member "messages[0]" must be an object'],
    [{ other: 1 }, 'The member "conversations" must be a list of messages'],
    [[1], "A record must be a JSON object"],
  ])("%j", (record, message) => {
    expect(thrownBy(() => read(record))).toMatchObject({ code: "invalid_trace", message });
  });
});

test("rewards, references and groups go to their places", () => {
  const record = { reward: true, expected_answer: 4, prompt_id: "p", level: 2 };
  expect(read({ messages: [user, { role: "assistant", content: "4" }], ...record })).toMatchObject({
    rollout: { prompt_id: "p" },
    reference: { answer: "4" },
    scores: [{ name: "reward", value: 1, by: "chat" }],
    meta: { level: 2 },
  });
});

import { expect, test } from "vitest";
import { formats } from "./formats.ts";

const assistant = { role: "assistant", content: "4" };

/** Records of every format, and of kinds that resemble one and are none of them. */
const records: [string, unknown][] = [
  ["native", { trace_version: "1.1", prompt: "?", final_answer: "4", steps: [], messages: [assistant] }],
  ["prm800k", { labeler: "L", question: { problem: "?" }, label: { steps: [], finish_reason: "give_up" } }],
  ["gsm8k", { question: "?", answer: "2 + 2\n#### 4" }],
  ["gsm8k-solutions", { question: "?", ground_truth: "#### 4", m: { is_correct: true, solution: "A: 4" } }],
  ["verl", { input: "?", output: "4", gts: "4", score: 1, step: 3 }],
  ["verl", { input: "?", output: "4", score: null, step: 3, acc: 1 }],
  ["trl", { step: 3, prompt: "?", completion: "4", accuracy_reward: 1, advantage: 0 }],
  ["trl", { step: 3, prompt: [{ role: "user", content: "?" }], completion: [assistant], advantage: 0 }],
  ["chat", { messages: [{ role: "user", content: "?" }, assistant] }],
  [
    "chat",
    {
      conversations: [
        { from: "human", value: "?" },
        { from: "gpt", value: "4" },
      ],
    },
  ],
  ["verl", { input: "?", output: "4", gts: "4", score: 1 }],
  ["prompt-response", { prompt: "?", response: "4" }],
  ["prompt-response", { prompt: "?", completion: "4" }],
];

/** What is made from GSM8K keeps its columns along. */
const columns = { question: "?", answer: "2 + 2\n#### 4" };

test.each(records)("%s is recognised all the same where a record has GSM8K's columns", (name, record) => {
  const found = formats.find((format) => format.recognises({ ...columns, ...(record as object) }));
  expect(found?.name).toBe(name);
});

test.each(records)("%s is the first to recognise its record", (name, record) => {
  expect(formats.find((format) => format.recognises(record))?.name).toBe(name);
});

test("the fixtures leave no format out", () => {
  const recognised = formats.filter(({ name }) => name !== "prm800k-all");
  expect(new Set(records.map(([name]) => name))).toEqual(new Set(recognised.map(({ name }) => name)));
});

test.each([
  { question: "?", answer: "4" },
  { question: "?", ground_truth: "4", m: { solution: "4" } },
  { question: { problem: "?" }, label: 3 },
  { input: "?", output: "4", score: 1 },
  { input: "?", output: "4", score: "1", step: 1 },
  { input: "?", label: "+", task: "sums" },
  { messages: [{ role: "user", content: "?" }] },
  { messages: [{ content: "?" }, assistant] },
  { messages: [] },
  { chosen_messages: [assistant], rejected_messages: [assistant] },
  { prompt: "?", chosen: "4", rejected: "5" },
  { prompt: "?", response: "4", completion: "4" },
  { problem: "?", solution: "4" },
])("%j is of no format here", (record) => {
  expect(formats.filter((format) => format.recognises(record))).toEqual([]);
});

import { expect, test } from "vitest";
import { opensThinking, readChatTemplate } from "./chat-template.ts";

const system = { role: "system", content: "Be brief." };
const user = { role: "user", content: "What is\n2 + 2?" };

test.each([
  [
    "ChatML",
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhat is\n2 + 2?<|im_end|>\n<|im_start|>assistant\n<think>\n",
  ],
  [
    "Llama 3",
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhat is\n2 + 2?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
  ],
  ["DeepSeek", "<｜begin▁of▁sentence｜>Be brief.<｜User｜>What is\n2 + 2?<｜Assistant｜><think>\n"],
  ["role words alone", "system\nBe brief.\nuser\nWhat is\n2 + 2?\nassistant\n"],
  [
    "ChatML behind padding",
    "<|endoftext|><|endoftext|><|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhat is\n2 + 2?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
  ],
])("a prompt in %s is read back as messages", (_, text) => {
  expect(readChatTemplate(text)).toEqual([system, user]);
});

test("a prompt in Gemma's template is read back, its model being the assistant", () => {
  const turns = [
    ["user", "Hi"],
    ["model", "Hello"],
    ["user", "Bye"],
  ];
  const rendered = turns.map(([role, text]) => `<start_of_turn>${role}\n${text}<end_of_turn>\n`).join("");
  expect(readChatTemplate(`<bos>${rendered}<start_of_turn>model\n`)).toEqual([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello" },
    { role: "user", content: "Bye" },
  ]);
});

test.each([
  ["plain text", "What is 2 + 2?"],
  ["a text that only mentions roles", "Name a\nuser\nand an\nassistant\nplease"],
  ["a list of roles", "user\nuser\nassistant\n"],
  ["no turn for the assistant", "system\nBe brief.\nuser\nHi\n"],
  ["an answer already begun", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello"],
  ["text before the first role", "Read this.\nuser\nHi\nassistant\n"],
  ["no user", "<|im_start|>system\nHi<|im_end|>\n<|im_start|>assistant\n"],
  ["nothing", ""],
])("%s is left as it is", (_, text) => {
  expect(readChatTemplate(text)).toBeUndefined();
});

test("a prompt may end within a thought it opened, not with one it closed", () => {
  expect(opensThinking("assistant\n<think>\n")).toBe(true);
  expect(opensThinking("assistant\n<think>\n\n</think>\n\n")).toBe(false);
  expect(opensThinking("Use <think> tags.")).toBe(false);
});

import { expect, test } from "vitest";
import { splitThinking } from "./split-thinking.ts";

function split(text: string): string[] {
  const pieces = splitThinking(text);
  expect(pieces.join("")).toBe(text);
  return pieces;
}

test("blank lines part a text, however they are made", () => {
  expect(split("a\n\nb\n \t\nc\r\n\r\nd\n\n\n\ne")).toEqual([
    "a\n\n",
    "b\n \t\n",
    "c\r\n\r\n",
    "d\n\n\n\n",
    "e",
  ]);
  expect(split("\n\na\nb\n\n")).toEqual(["\n\na\nb\n\n"]);
  expect(split("a short. Text of two sentences.")).toHaveLength(1);
});

test("a fenced block stays whole, and a fence that nothing closes is none", () => {
  const block = "```python\nx = 1\n\ny = 2\n```\n\n";
  expect(split(`a\n\n${block}b`)).toEqual(["a\n\n", block, "b"]);
  expect(split("~~~\na\n\nb\n~~~~\n\nc")).toEqual(["~~~\na\n\nb\n~~~~\n\n", "c"]);
  expect(split("```\na\n\nb")).toEqual(["```\na\n\n", "b"]);
});

test("a long stretch without blank lines is parted at its sentences, short ones together", () => {
  const sentence = "This one has about fifty characters, or so it seems. ";
  const pieces = split(sentence.repeat(60));
  expect(pieces.length).toBeGreaterThan(10);
  expect(pieces.every((piece) => piece.startsWith("This") && piece.length >= 200 && piece.length < 400)).toBe(
    true,
  );
});

test("a stop whose line end was lost still ends its sentence, a number's point does not", () => {
  const pieces = split(
    "It was found to be 3.14159 or a little more than that.Wait, is it?Now we know it.".repeat(40),
  );
  expect(pieces.length).toBeGreaterThan(10);
  expect(pieces.every((piece) => /^(?:It|Wait|Now)/.test(piece))).toBe(true);
});

test("Chinese and Japanese sentences part a text too, by their weight", () => {
  for (const sentence of [
    "我们先来看这个问题的条件是什么，然后再计算。",
    "まず問題の条件を確認してから計算します！",
  ]) {
    const pieces = split(sentence.repeat(50));
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.every((piece) => piece.length % sentence.length === 0)).toBe(true);
  }
});

test("sentences within a fenced block do not part it", () => {
  const block = `\`\`\`\n${"a = b. C = d. ".repeat(200)}\n\`\`\`\n`;
  const pieces = split(
    `${"A sentence of some length stands here. ".repeat(60)}\n${block}Then. ${"The end comes. ".repeat(30)}`,
  );
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.filter((piece) => piece.includes("a = b."))).toHaveLength(1);
});

test("only a long paragraph is parted, its neighbours are not", () => {
  const long = "A sentence of some length stands here, and goes on. ".repeat(50);
  const pieces = split(`First. One.\n\n${long}\n\nLast. One.`);
  expect(pieces[0]).toBe("First. One.\n\n");
  expect(pieces.at(-1)).toBe("Last. One.");
  expect(pieces.length).toBeGreaterThan(7);
});

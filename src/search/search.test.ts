import { describe, expect, test } from "vitest";
import { createRandom } from "../../test/support/random-json.ts";
import type { Trace } from "../contract/trace.ts";
import { analyseTexts } from "./analyse-texts.ts";
import { makeExcerpts } from "./excerpts.ts";
import { matchesTrace } from "./match-trace.ts";
import { parseQuery } from "./parse-query.ts";
import { wordTerm } from "./terms.ts";
import { type TraceText, traceTexts } from "./trace-texts.ts";

const textOf = (text: string): TraceText[] => [{ place: "prompt", text }];
const finds = (query: string, text: string) => matchesTrace(parseQuery(query), textOf(text));

describe("what is found", () => {
  test.each([
    ["carry", "We carried the ONE."],
    ["Fractions", "a fraction of it"],
    ["27", "27 × 19"],
    ["1000", "about 1,000 apples"],
    ["3.14", "π ≈ −3.14。"],
    ["3.14", "(3.14,2.71)"],
    ["1,000", "1,000 apples"],
    ["frac", "\\frac12 + \\frac{1}{2}"],
    ["\\frac", "so \\\\\\frac{1}{2}"],
    ["\\FRAC", "so \\frac12"],
    ["\\frac{1}{2}", "is \\frac{1}{2}."],
    ["x_1", "let $x_1$ be"],
    ["alpha_1", "\\alpha_1"],
    ["\\alpha_1", "2\\alpha_1"],
    ["__init__", "def __init__(self)"],
    ["foo.bar", "call foo.bar(1)"],
    ["a::b", "use a::b;"],
    ["C++", "in C++ we"],
    ["don't", "I don’t know"],
    ["mary", "Mary's pens"],
    ['"carry the one"', "then Carry  the\none again"],
    ['"27 × 19"', "is 27 × 19 = 513"],
    ["最小的数字", "我们需要最小的数字"],
    ["数", "最小的数字"],
    ["計算する", "まず計算するとき"],
    ["수학", "수학을 배운다"],
    ["ราคา", "ในราคาสินค้า"],
    ["第3章", "见第3章。"],
    ["3.14度", "3.14度"],
    ["naïve", "A NAÏVE try"],
    ["ａｂｃ", "abc"],
    ["straße", "Straße 5"],
    ["cat or dog", "a dog"],
    ["cat OR dog bird", "a cat"],
    ["cat -dog", "a cat"],
    ['cat -"big dog"', "a cat and a dog"],
  ])("%s finds %j", (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  test.each([
    ["carry", "nothing here"],
    ["27", "127 and 270"],
    ["3.14", "1.3.14"],
    ["3.14", "3.141"],
    ["\\frac", "a frac of it"],
    ["\\frac", "\\fraction"],
    ["x_1", "x_12 and ax_1"],
    ["foo.bar", "foo bar"],
    ['"carry the one"', "carry on the one"],
    ['"the one"', "lathe ones"],
    ["最小的数字", "最小的,数字"],
    ["cat dog", "a cat"],
    ["cat OR dog bird", "a dog"],
    ["cat -dog", "a cat and dogs"],
    // Of one hash.
    ["155208", "order 206714"],
    ['cat -"big dog"', "a cat and a big dog"],
  ])("%s does not find %j", (query, text) => {
    expect(finds(query, text)).toBe(false);
  });

  test("words may stand in different texts of a trace, a phrase in one", () => {
    const texts: TraceText[] = [
      { place: "prompt", text: "carry" },
      { place: "answer", text: "the one" },
    ];
    expect(matchesTrace(parseQuery("carry one"), texts)).toBe(true);
    expect(matchesTrace(parseQuery('"carry the one"'), texts)).toBe(false);
  });
});

describe("what cannot be read is refused", () => {
  test.each([
    ['"carry the', /never closed/],
    ["or cat", /before "or"/],
    ["cat or", /after "or"/],
    ["cat or or dog", /before "or"/],
    ["-cat", /besides what is left out/],
    ["cat or -dog", /besides what is left out/],
    ["", /Nothing is asked for/],
    ["   ", /Nothing is asked for/],
    ["+ =", /no letter or digit/],
    ['""', /no letter or digit/],
    ["-", /no letter or digit/],
    ["a ".repeat(33), /At most 32/],
  ])("%j", (query, message) => {
    expect(() => parseQuery(query)).toThrow(message);
  });
});

test("a text with a phrase has all terms that the phrase is looked up by", () => {
  const random = createRandom(5);
  const bits = [
    "a",
    "x",
    "_",
    "1",
    "23",
    ".",
    ",",
    " ",
    "\\frac",
    "\\",
    "{",
    "最",
    "小",
    "é",
    "’",
    "−",
    "ー",
    "한",
    "\n",
    "½",
    "🧮",
  ];
  for (let round = 0; round < 3_000; round++) {
    const some = (least: number) =>
      Array.from({ length: least + random.below(6) }, () => random.pick(bits)).join("");
    const written = some(1).replaceAll('"', "").trim();
    const text = some(0) + written + some(0);
    let query: ReturnType<typeof parseQuery>;
    try {
      query = parseQuery(`"${written}"`);
    } catch {
      continue;
    }
    const { written: phrase, terms = [] } = query[0]?.wanted[0] ?? {};
    if (phrase?.find(text) === undefined) continue;
    const found = new Set<number>();
    analyseTexts(textOf(text), (term) => found.add(term));
    expect(terms.length).toBeGreaterThan(0);
    expect(
      terms.every((term) => found.has(term)),
      JSON.stringify([written, text]),
    ).toBe(true);
  }
});

describe("excerpts", () => {
  const trace = {
    trace_version: "1.0" as const,
    prompt: "Find the smallest number.",
    final_answer: "the number is 7",
    steps: [
      {
        i: 4,
        type: "think",
        content: `${"so we go on and on ".repeat(30)}until the Numbers repeat${" and more".repeat(40)}`,
      },
      { i: 5, type: "think", content: "nothing" },
    ],
  } satisfies Trace;
  const shown = (query: string, given: Trace = trace) =>
    makeExcerpts(parseQuery(query), traceTexts(given)).map(({ place, step, parts }) => [
      place,
      step,
      parts.map(({ text, hit }) => (hit ? `[${text}]` : text)).join(""),
    ]);

  test("say where they are, and mark each hit", () => {
    expect(shown("number")).toEqual([
      ["prompt", undefined, "Find the smallest [number]."],
      [
        "step",
        0,
        "…on and on so we go on and on until the [Numbers] repeat and more and more and more and more and more and more and more and more and more and more and more and mor…",
      ],
      ["answer", undefined, "the [number] is 7"],
    ]);
  });

  test("mark a phrase as a whole, and single characters in text without spaces", () => {
    expect(shown('"smallest number" find')).toEqual([["prompt", undefined, "[Find] the [smallest number]."]]);
    const chinese = { ...trace, prompt: "我们需要最小的数字" } as Trace;
    expect(shown("数", chinese)).toEqual([["prompt", undefined, "我们需要最小的[数]字"]]);
    expect(shown("最小的", chinese)).toEqual([["prompt", undefined, "我们需要[最小的]数字"]]);
  });

  test("come from messages, where they say more than the prompt, and from arguments of calls", () => {
    const called = {
      trace_version: "1.1" as const,
      prompt: "the prompt",
      final_answer: null,
      messages: [
        { role: "system", content: "be a zebra" },
        { role: "user", content: "the prompt" },
        {
          role: "user",
          content: [
            { type: "text", text: "Zebras here" },
            { type: "image", uri: "zebra" },
          ],
        },
      ],
      steps: [
        { i: 2, type: "tool_call", content: "", args: { cmd: ["cat zebra.txt", { n: 17 }], on: true } },
      ],
    } as Trace;
    const places = (query: string) =>
      makeExcerpts(parseQuery(query), traceTexts(called)).map(({ parts: _parts, ...where }) => where);
    expect(places("zebra")).toEqual([
      { place: "message", message: 0 },
      { place: "message", message: 2 },
      { place: "args", step: 0, i: 2 },
    ]);
    expect(places('"the prompt"')).toEqual([{ place: "prompt" }]);
    expect(places("17")).toEqual([{ place: "args", step: 0, i: 2 }]);
    expect(places("cmd")).toEqual([]);
  });

  test("mark a word and not another of the same hash, and are found at the end of any text without spaces", () => {
    expect(wordTerm("155208")).toBe(wordTerm("206714"));
    const orders = { ...trace, prompt: "order 206714, then 155208" } as Trace;
    expect(shown("155208", orders)).toEqual([["prompt", undefined, "order 206714, then [155208]"]]);
    const long = { ...trace, prompt: `${"最".repeat(12_000)}鑫` } as Trace;
    expect(shown("鑫", long)[0]?.[2]).toMatch(/^….*\[鑫\]$/);
  });

  test("do not part surrogates, and are none where nothing is found", () => {
    const pictures = { ...trace, prompt: `${"🧮".repeat(100)} number ${"🧮".repeat(100)}` } as Trace;
    for (const { parts } of makeExcerpts(parseQuery("number"), traceTexts(pictures)))
      for (const { text } of parts)
        expect([text.isWellFormed(), text.includes("\uFFFD")]).toEqual([true, false]);
    expect(shown("elephant")).toEqual([]);
  });
});

import { expect, test } from "vitest";
import { readHead, readPaths } from "./read-head.ts";

const lines = (name: string, text: string) => new File([text], name);

test("a small file is looked at whole, of a large one of lines the first whole lines", async () => {
  const small = lines("a.jsonl", '{"a":1}\n');
  expect(await readHead(small)).toBe(small);
  const line = `${JSON.stringify({ prompt: "é".repeat(500) })}\n`;
  const head = await readHead(lines("b.jsonl", line.repeat(2_000)));
  const text = await head?.text();
  expect(text?.length).toBeGreaterThan(100_000);
  expect(text?.endsWith(line)).toBe(true);
});

test("a large file that can't be cut is not looked at", async () => {
  const large = new File([new Uint8Array(17_000_000)], "c.parquet");
  expect(await readHead(large)).toBeUndefined();
  const whole = new File([new Uint8Array(300_000)], "c.json.gz");
  expect(await readHead(whole)).toBe(whole);
});

test("a record's names are paths, within one another", async () => {
  const record = { question: "q", "a.b": { "c,d": 1 }, list: [{ x: 1 }] };
  const expected = ["question", "a\\.b", "a\\.b.c\\,d", "list"];
  expect(await readPaths(lines("a.jsonl", `${JSON.stringify(record)}\nbroken`), "a.jsonl")).toEqual(expected);
  expect(await readPaths(lines("a.json", JSON.stringify([record], null, 2)), "a.json")).toEqual(expected);
});

test("a header names the columns", async () => {
  expect(await readPaths(lines("a.csv", '"q",answer\r\n1,2'), "a.csv")).toEqual(["q", "answer"]);
  expect(await readPaths(lines("a.tsv", "q\ta.b\n1\t2"), "a.tsv")).toEqual(["q", "a\\.b"]);
  expect(await readPaths(lines("a.parquet", "PAR1"), "a.parquet")).toEqual([]);
});

import { expect, test } from "vitest";
import { trace10, trace11 } from "../../test/support/traces.ts";
import { parseJson } from "../trace/json-document.ts";
import { formats } from "./formats.ts";
import { native } from "./native.ts";

test("every format has a name of its own and says what its records look like", () => {
  const names = formats.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, description } of formats) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(description).toMatch(/\{.+\}/);
  }
});

test("each record is recognised by one format, and strange ones by none", () => {
  const namesFor = (record: unknown) =>
    formats.filter((format) => format.recognises(record)).map(({ name }) => name);
  expect(namesFor(trace10())).toEqual(["native"]);
  expect(namesFor(trace11())).toEqual(["native"]);
  expect(namesFor({ question: "q", answer: "#### 1" })).toEqual(["gsm8k"]);
  for (const other of [null, [], [trace10()], "trace_version", 1, {}]) expect(namesFor(other)).toEqual([]);
});

test("a native record is passed on as it was sent", () => {
  const document = parseJson(' {"trace_version" : "1.0", "n":1.0} ');
  expect(native.read(document)).toEqual([document]);
  expect(native.read(document)[0]).toBe(document);
});

import { describe, expect, test } from "vitest";
import { type Completing, complete, completingAt, knownOptions, valueOption } from "./completion.ts";

const at = (text: string) => completingAt(text.replace("|", ""), text.indexOf("|")) as Completing;
const labels = (text: string) => knownOptions(at(text)).map(({ label }) => label);

describe("what is about to be written", () => {
  test("is a key where nothing stands yet", () => {
    expect(at("|")).toMatchObject({ from: 0, to: 0, prefix: "", key: undefined });
    expect(at("tag:a |")).toMatchObject({ from: 6, to: 6, prefix: "" });
    expect(labels("|").length).toBeGreaterThan(15);
  });

  test("is a key of which the beginning stands", () => {
    expect(labels("sou|")).toEqual(["source:"]);
    expect(labels("tag:a s| tag:b")).toEqual([
      "source:",
      "split:",
      "step_type:",
      "steps:",
      "score.",
      "score_status.",
    ]);
    expect(labels("nothing|")).toEqual([]);
  });

  test("is one that can be left out, after a minus", () => {
    expect(labels("-|")).toEqual(["source:", "model:", "run:", "tag:"]);
    expect(knownOptions(at("-mo|"))[0]?.text).toBe("-model:");
  });

  test("is the value of a key", () => {
    expect(at("source:gs|")).toMatchObject({ from: 0, to: 9, prefix: "gs", key: "source", field: "source" });
    expect(at('x -tag:"a b|')).toMatchObject({
      from: 2,
      prefix: "a b",
      key: "tag",
      field: "tag",
      isNegated: true,
    });
    expect(at("finish:|")).toMatchObject({ key: "finish", field: "finish_reason" });
    expect(at("has:|")).toMatchObject({ key: "has", field: "meta" });
    expect(at("steps:|")).toMatchObject({ key: "steps", field: undefined });
    expect(labels("steps:|")).toEqual([]);
    expect(labels("score_status.reward:|")).toEqual(["ok", "invalid", "error", "pending"]);
    expect(labels("score_status.reward:e|")).toEqual(["error"]);
  });

  test("is the name after a dot", () => {
    expect(at("score.cor|")).toMatchObject({ prefix: "cor", key: "score.", field: "score" });
    expect(at("meta.|")).toMatchObject({ prefix: "", key: "meta.", field: "meta" });
  });

  test("is nothing that is known, within a phrase", () => {
    expect(completingAt('"a phr', 6)).toBeUndefined();
  });
});

describe("an option", () => {
  const chosen = (text: string, value: string) => {
    const place = at(text);
    const option = valueOption(place, value, "");
    if (option === undefined) return undefined;
    const { text: whole, caret } = complete(text.replace("|", ""), place, option);
    return `${whole.slice(0, caret)}|${whole.slice(caret)}`;
  };

  test("takes the place of what stands there", () => {
    expect(chosen("source:gs|", "gsm8k")).toBe("source:gsm8k |");
    expect(chosen("a source:gs| b", "gsm8k")).toBe("a source:gsm8k | b".replace(" | ", " |"));
    expect(chosen("-tag:|", "two words")).toBe('-tag:"two words" |');
    expect(chosen("score.|", "correct")).toBe("score.correct:|");
    expect(chosen("meta.|", "a.b")).toBe('meta."a.b":|');
  });

  test("is left out where the search bar has no way to write it", () => {
    expect(chosen("score.|", "two words")).toBeUndefined();
    expect(chosen("|", "anything")).toBeUndefined();
  });

  test("that is a key leaves the caret after its colon", () => {
    const place = at("sou|");
    const [option] = knownOptions(place);
    expect(option && complete("sou", place, option)).toEqual({ text: "source:", caret: 7 });
  });
});

import { describe, expect, test } from "vitest";
import { createRandom, randomObject } from "../../test/support/random-json.ts";
import { normaliseJson, scanJson } from "./scan-json.ts";

const random = createRandom(20_260_131);
const texts = Array.from({ length: 3_000 }, () => randomObject(random));

/** Whether some object has a key twice, found the slow way: by a second reading of the text. */
function hasRepeatedKey(text: string): boolean {
  let at = 0;
  const skip = () => {
    while (at < text.length && " \n\r\t".includes(text.charAt(at))) at++;
  };
  const string = () => {
    const from = at++;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return JSON.parse(text.slice(from, ++at)) as string;
  };
  const list = (close: string, item: () => boolean): boolean => {
    let found = false;
    at++;
    for (skip(); text[at] !== close; skip()) {
      if (text[at] === ",") at++;
      found = item() || found;
    }
    at++;
    return found;
  };
  const value = (): boolean => {
    skip();
    if (text[at] === "[") return list("]", value);
    if (text[at] === "{") {
      const keys = new Map<string, number>();
      const inner = list("}", () => {
        skip();
        const key = string();
        keys.set(key, (keys.get(key) ?? 0) + 1);
        skip();
        at++;
        return value();
      });
      return inner || [...keys.values()].some((count) => count > 1);
    }
    if (text[at] === '"') string();
    else while (at < text.length && !" \n\r\t,]}".includes(text.charAt(at))) at++;
    return false;
  };
  return value();
}

describe("on random objects", () => {
  const unique = texts.filter((text) => !hasRepeatedKey(text));

  test("both kinds were made", () => {
    expect(unique.length).toBeGreaterThan(1_000);
    expect(unique.length).toBeLessThan(texts.length - 100);
  });

  test("repeated keys are found exactly where there are some", () => {
    for (const text of texts) {
      expect(scanJson(text).fault?.code, text).toBe(hasRepeatedKey(text) ? "duplicate_key" : undefined);
    }
  });

  test("members are those of JSON.parse, and their spans hold the same values", () => {
    for (const text of unique) {
      const read = scanJson(text).members.map(({ key, start, end }) => [
        key,
        JSON.parse(text.slice(start, end)),
      ]);
      expect(Object.fromEntries(read), text).toEqual(JSON.parse(text));
      expect(read, text).toHaveLength(Object.keys(JSON.parse(text)).length);
    }
  });

  test("spans leave only commas, colons and white space between them", () => {
    for (const text of unique) {
      const { members } = scanJson(text);
      let rest = "";
      let from = 0;
      for (const { keyStart, start, end } of members) {
        rest += text.slice(from, keyStart);
        expect(text.slice(keyStart, start).trimEnd(), text).toMatch(/^".*:$/s);
        from = end;
      }
      expect((rest + text.slice(from)).replace(/\s/g, ""), text).toMatch(/^\{,*\}$/);
    }
  });

  test("exact numbers are those that JSON.stringify writes as they stand", () => {
    for (const text of unique) {
      const isSame = JSON.stringify(JSON.parse(text)) === normaliseJson(text);
      expect(scanJson(text).exactNumbers, text).toBe(isSame);
    }
  });

  test("normalising keeps the value and is done after one time", () => {
    for (const text of unique) {
      const normal = normaliseJson(text);
      expect(JSON.parse(normal), text).toEqual(JSON.parse(text));
      expect(normaliseJson(normal)).toBe(normal);
    }
  });
});

import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/thrown.ts";
import { parseJson, parseJsonBytes } from "./json-document.ts";
import { MAX_DEPTH } from "./scan-json.ts";

describe("reading bytes", () => {
  test("keeps the text as it was sent beside its value", () => {
    const text = ' { "b" : 1.0, "a" : "\\u00e9 😀" }\n';
    expect(parseJsonBytes(Buffer.from(text))).toMatchObject({
      text,
      value: { b: 1, a: "é 😀" },
      exactNumbers: false,
      isCompact: false,
      members: [{ key: "b" }, { key: "a" }],
    });
  });

  test("leaves a byte order mark out", () => {
    const bytes = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"a":1}')]);
    expect(parseJsonBytes(bytes).text).toBe('{"a":1}');
  });

  test.each([
    ["a stray continuation byte", [0x22, 0x80, 0x22]],
    ["a character cut short", [0x22, 0xe2, 0x82, 0x22]],
    ["an overlong form", [0x22, 0xc0, 0xaf, 0x22]],
    ["an encoded surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x31, 0x00]],
  ])("refuses %s", (_, bytes) => {
    const error = thrownBy(() => parseJsonBytes(Buffer.from(bytes)));
    expect(error).toMatchObject({ code: "malformed_json", message: "The text is not UTF-8" });
  });
});

describe("what is not JSON", () => {
  test.each(["", " \n\t"])("is called empty when it is %j", (text) => {
    expect(thrownBy(() => parseJson(text)).message).toBe("The text is empty; a JSON value is needed");
  });

  test("is shown by line and column", () => {
    const error = thrownBy(() => parseJson('{\n  "a": 1,\n  "b": [1 2]\n}'));
    expect(error.message).toBe("The text is not JSON at line 3, column 11");
    expect(error.issues).toEqual([{ pointer: "", message: error.message, code: "malformed_json" }]);
  });

  test.each([
    ['{"a":NaN}', 6],
    ['{"a": [1, -Infinity]}', 12],
    ["[1,]", 4],
    ["[,1]", 2],
    ['{"a":}', 6],
    ["'a'", 1],
    ['["\\"]", tru]', 9],
    ['{"a" 1}', 6],
  ])("is shown by its place: %s", (text, character) => {
    expect(thrownBy(() => parseJson(text)).message).toBe(`The text is not JSON at character ${character}`);
  });

  test.each(['{"a":1', '{"a":tru', "[1,"])("is told by its end when it breaks off: %s", (text) => {
    expect(thrownBy(() => parseJson(text)).message).toBe("The text ends before its JSON is complete");
  });

  test.each(['{"a":1', "[1,", '"abc', '{"a":}', "nul", "{'a':1}", "[1,]", "01", "NaN", '"\t"', "{}{}"])(
    "is refused: %s",
    (text) => {
      expect(thrownBy(() => parseJson(text))).toMatchObject({ code: "malformed_json", status: 422 });
    },
  );

  test("is never quoted in the message, nor taken for the message", () => {
    for (const text of ['{"secret":hunter2}', "x at position 77", '{"a":"at position 5" secret}']) {
      expect(thrownBy(() => parseJson(text)).message).not.toMatch(/secret|hunter2|7/);
    }
  });
});

describe("JSON that cannot be kept", () => {
  test.each([
    ['{"meta":{"a":[0,"x\\u0000y"]}}', "/meta/a/1", "nul_character"],
    ['{"meta":{"k\\u0000":1}}', "/meta", "nul_character"],
    ['{"a/b":{"c~d":"\\ud800"}}', "/a~1b/c~0d", "lone_surrogate"],
    ['["\\udc00\\ud800"]', "/0", "lone_surrogate"],
    ['{"\\uDFFF":1}', "", "lone_surrogate"],
    ['"\ud800"', "", "lone_surrogate"],
    ['{"a":1,"a":1}', "/a", "duplicate_key"],
    ["[1e401]", "/0", "number_out_of_range"],
  ])("is refused with the place of the fault: %j", (text, pointer, code) => {
    const error = thrownBy(() => parseJson(text));
    expect(error).toMatchObject({ code: "invalid_request", status: 422, issues: [{ pointer, code }] });
    expect(error.message).toContain(`at "${pointer}"`);
  });

  test("is refused when it is nested too deeply, however deep that is", () => {
    for (const depth of [MAX_DEPTH + 1, 100_000]) {
      const error = thrownBy(() => parseJson(`${"[".repeat(depth)}${"]".repeat(depth)}`));
      expect(error.issues[0]?.code).toBe("too_deep");
    }
  });

  test.each(['"\\ud83d\\ude00"', '"😀"', '"\\\\u0000"', '"\\\\ud800"', '"\\u0001"', '"\\uffff"', '"u0000"'])(
    "does not include %s",
    (text) => {
      expect(parseJson(text).value).toBe(JSON.parse(text));
    },
  );
});

/** A token of JSON, or the end. Of control characters in strings V8 says the place. */
const TOKEN =
  /\s*(?:([{}[\],:])|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|$)/y;
/** What can't follow these: a value should stand there. */
const NO_VALUE = new Map([
  [",", /[\]},:]/],
  [":", /[\]},:]/],
  ["[", /[},:]/],
]);

/**
 * Where a text stops being JSON, in the cases in which V8 does not say so: at a token that there is not, such as `NaN`, and
 * where a value should stand and none does. Undefined where neither is the case.
 */
export function findSyntaxFault(text: string): number | undefined {
  let before = ",";
  for (let position = 0; position < text.length; ) {
    const start = position + (/\S/.exec(text.slice(position, position + 1_000))?.index ?? 0);
    TOKEN.lastIndex = position;
    const [token, punctuation = ""] = TOKEN.exec(text) ?? [];
    if (token === undefined || NO_VALUE.get(before)?.test(punctuation)) return start;
    before = punctuation;
    position = TOKEN.lastIndex;
  }
  return undefined;
}

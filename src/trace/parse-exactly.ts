// JSON read without rounding: JSON.parse rounds integers beyond 2^53, ids among them.
import { endOfString } from "./end-of-string.ts";

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The value of a JSON text; a number that a double cannot hold is a string of the same characters in it. */
export function parseExactly(text: string): unknown {
  if (!/\d{16}|[eE]\+?\d{3}/.test(text)) return JSON.parse(text);
  const parts: string[] = [];
  for (let position = 0; position < text.length; ) {
    const quote = text.indexOf('"', position);
    const end = quote === -1 ? text.length : quote;
    parts.push(
      text.slice(position, end).replace(NUMBER, (number) => (isExact(number) ? number : `"${number}"`)),
    );
    position = quote === -1 ? end : endOfString(text, quote);
    parts.push(text.slice(end, position));
  }
  return JSON.parse(parts.join(""));
}

/**
 * A fraction is a measurement, and the nearest double is as good; an integer names something. Beyond 2^53 also one that a double
 * holds may be written with other digits: 2^60 as 1152921504606847000.
 */
function isExact(number: string): boolean {
  const value = Number(number);
  if (/[.eE]/.test(number)) return Number.isFinite(value);
  return Number.isSafeInteger(value) || String(value) === number;
}

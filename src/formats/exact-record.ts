// What a record says, for traces that are written anew: JSON.parse rounds integers beyond 2^53, ids among them.
import { AppError } from "../contract/errors.ts";
import { type JsonDocument, parseJson } from "../trace/json-document.ts";
import { isObject } from "./format.ts";

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The record's members; a number that a double cannot hold is given as a string of the same characters. */
export function exactRecord(document: JsonDocument): Record<string, unknown> {
  const value = exactValue(document);
  if (!isObject(value)) throw new AppError("invalid_trace", "A record must be a JSON object");
  return value;
}

/** JSON that a record holds as a text; undefined when it is none, or none that a trace can hold. */
export function parseEmbedded(text: string): unknown {
  try {
    return exactValue(parseJson(text));
  } catch {
    return undefined;
  }
}

function exactValue({ text, value, exactNumbers }: JsonDocument): unknown {
  if (exactNumbers || !/\d{16}|[eE]\+?\d{3}/.test(text)) return value;
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

function endOfString(text: string, start: number): number {
  for (let i = start + 1; ; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i + 1;
  }
}

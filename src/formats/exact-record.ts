// What a record says, for traces that are written anew.
import { AppError } from "../contract/errors.ts";
import { type JsonDocument, parseJson } from "../trace/json-document.ts";
import { parseExactly } from "../trace/parse-exactly.ts";
import { isObject } from "./format.ts";

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
  return exactNumbers ? value : parseExactly(text);
}

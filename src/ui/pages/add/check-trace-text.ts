// Checks a trace while it is typed, against the schemas of the contract. The server checks more, and has the last word.
import type { Issue } from "../../../contract/errors.ts";
import { Trace10, Trace11 } from "../../../contract/trace.ts";
import { compileCheck } from "../../../contract/validate.ts";
import { locatePointer, locateSyntaxError, type Place, parseJsonTree } from "./locate-pointer.ts";

export interface Fault extends Place {
  pointer: string;
  message: string;
}

const checkTrace10 = compileCheck(Trace10);
const checkTrace11 = compileCheck(Trace11);

/** Nothing is wrong with an empty text yet. */
export function checkTraceText(text: string): Fault[] {
  if (text.trim() === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [
      { ...locateSyntaxError(parseJsonTree(text), text), pointer: "", message: (error as Error).message },
    ];
  }
  const isOld = (value as { trace_version?: unknown } | null)?.trace_version === "1.0";
  return placeIssues(text, (isOld ? checkTrace10 : checkTrace11)(value));
}

/** Issues, the server's as well, at their places in the text. */
export function placeIssues(text: string, issues: readonly Issue[]): Fault[] {
  const tree = parseJsonTree(text);
  return issues.map(({ pointer, message }) => ({ ...locatePointer(tree, text, pointer), pointer, message }));
}

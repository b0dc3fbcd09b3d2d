// JSON as it was sent: its text is what gets stored, its value is what gets checked.
import { isUtf8 } from "node:buffer";
import { AppError, type Issue } from "../contract/errors.ts";
import { decodeUtf8 } from "./decode-utf8.ts";
import { findSyntaxFault } from "./find-syntax-fault.ts";
import { escapePointer, type JsonScan, scanJson } from "./scan-json.ts";

export interface JsonDocument extends JsonScan {
  text: string;
  /** The text in UTF-8, where it was read from that. */
  bytes?: Buffer;
  value: unknown;
}

/** Reads UTF-8 bytes as JSON, or throws 422 with the place of the first fault. A byte order mark is left out. */
export function parseJsonBytes(bytes: Buffer): JsonDocument {
  if (!isUtf8(bytes)) throw malformed("The text is not UTF-8");
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const json = hasMark ? bytes.subarray(3) : bytes;
  return { ...readJson(decodeUtf8(json), true), bytes: json };
}

/** Reads a text as JSON; throws 422 `malformed_json`, or `invalid_request` for JSON that cannot be stored. */
export function parseJson(text: string): JsonDocument {
  return readJson(text, false);
}

function readJson(text: string, isFromUtf8: boolean): JsonDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(describeSyntaxError(error as SyntaxError, text), error);
  }
  const scan = scanJson(text);
  const fault = scan.fault ?? findUnstorableText(text, value, isFromUtf8);
  if (fault !== undefined) {
    throw new AppError("invalid_request", `${fault.message}, at "${fault.pointer}"`, { issues: [fault] });
  }
  return { text, value, ...scan };
}

function malformed(message: string, cause?: unknown): AppError {
  return new AppError("malformed_json", message, {
    cause,
    issues: [{ pointer: "", message, code: "malformed_json" }],
  });
}

/** Says where parsing stopped, without V8's quotation of what was sent. */
function describeSyntaxError(error: SyntaxError, text: string): string {
  if (text.trim() === "") return "The text is empty; a JSON value is needed";
  const told = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(error.message)?.[1];
  if (error.message.startsWith("Unexpected end") || Number(told) === text.length)
    return "The text ends before its JSON is complete";
  const position = told === undefined ? findSyntaxFault(text) : Number(told);
  if (position === undefined) return "The text is not JSON";
  if (!text.includes("\n")) return `The text is not JSON at character ${position + 1}`;
  const before = text.slice(0, position);
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  return `The text is not JSON at line ${line}, column ${column}`;
}

/** U+0000 and lone surrogates: valid JSON escapes that neither PostgreSQL nor UTF-8 can hold. */
function findUnstorableText(text: string, value: unknown, isFromUtf8: boolean): Issue | undefined {
  const mayHold = text.includes("\\u") && /\\u(?:0000|[dD][89a-fA-F])/.test(text);
  if (!mayHold && (isFromUtf8 || text.isWellFormed())) return undefined;
  return findInValue(value, "");
}

function findInValue(value: unknown, pointer: string): Issue | undefined {
  if (typeof value === "string") return textIssue(value, pointer);
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    const childPointer = `${pointer}/${escapePointer(key)}`;
    const issue = textIssue(key, pointer) ?? findInValue(child, childPointer);
    if (issue !== undefined) return issue;
  }
  return undefined;
}

function textIssue(text: string, pointer: string): Issue | undefined {
  if (text.includes("\0"))
    return { pointer, code: "nul_character", message: "The character U+0000 cannot be stored" };
  if (!text.isWellFormed())
    return { pointer, code: "lone_surrogate", message: "Half a surrogate pair cannot be stored" };
  return undefined;
}

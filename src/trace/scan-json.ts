// One pass over a text that JSON.parse has accepted, for what JSON.parse hides: repeated keys, numbers that
// lose digits, and where each member of the outermost object stands in the text.
import type { Issue } from "../contract/errors.ts";

export interface Member {
  key: string;
  /** Offsets into the text: the key's opening quote, the value's first character, one past its last. */
  keyStart: number;
  start: number;
  end: number;
}

export interface JsonScan {
  /** Members of the outermost object, as sent; empty for any other value. */
  members: Member[];
  /** False when some number's text is not what JSON.stringify would write, so that digits or form differ. */
  exactNumbers: boolean;
  /** Whether there is no white space between its tokens. */
  isCompact: boolean;
  /** The first fault that makes the text unfit to keep. */
  fault: Issue | undefined;
}

/** `jsonb` prints no exponent far beyond a double's, and its parser recurses: both limits stay below its own. */
const MAX_EXPONENT = 400;
const MAX_NUMBER_LENGTH = 1_000;
export const MAX_DEPTH = 500;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;

interface Frame {
  /** Keys seen so far; undefined for an array. */
  keys: string[] | Set<string> | undefined;
  /** The key or index of the value being read, for pointers. */
  at: string | number;
}

export function scanJson(text: string): JsonScan {
  const members: Member[] = [];
  const frames: Frame[] = [];
  let exactNumbers = true;
  let isCompact = true;
  let expectKey = false;
  let member: Member | undefined;

  const done = (code?: string, message?: string): JsonScan => ({
    members,
    exactNumbers,
    isCompact,
    fault:
      code === undefined || message === undefined
        ? undefined
        : { pointer: frames.map((frame) => `/${escapePointer(frame.at)}`).join(""), code, message },
  });

  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char <= 0x20) {
      isCompact = false;
      continue;
    }
    if (member !== undefined && member.start === -1 && char !== COLON) member.start = i;
    switch (char) {
      case QUOTE: {
        const end = endOfString(text, i);
        const frame = frames[frames.length - 1];
        if (expectKey && frame?.keys !== undefined) {
          const raw = text.slice(i + 1, end);
          const key = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
          frame.at = key;
          if (!addKey(frame, key)) return done("duplicate_key", `The key "${key}" stands twice`);
          if (frames.length === 1) {
            member = { key, keyStart: i, start: -1, end: -1 };
            members.push(member);
          }
          expectKey = false;
        } else if (member !== undefined && frames.length === 1) member.end = end + 1;
        i = end;
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (frames.length === MAX_DEPTH) return done("too_deep", `Nested more than ${MAX_DEPTH} levels deep`);
        frames.push(char === OPEN_BRACE ? { keys: [], at: "" } : { keys: undefined, at: 0 });
        expectKey = char === OPEN_BRACE;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        frames.pop();
        expectKey = false;
        if (member !== undefined && frames.length === 1) member.end = i + 1;
        break;
      case COMMA: {
        const frame = frames[frames.length - 1];
        expectKey = frame?.keys !== undefined;
        if (typeof frame?.at === "number") frame.at++;
        break;
      }
      case COLON:
        break;
      default: {
        const end = endOfWord(text, i);
        if (char === MINUS || (char >= 0x30 && char <= 0x39)) {
          const number = text.slice(i, end);
          if (String(Number(number)) !== number) {
            exactNumbers = false;
            const problem = numberProblem(number);
            if (problem !== undefined) return done("number_out_of_range", problem);
          }
        }
        if (member !== undefined && frames.length === 1) member.end = end;
        i = end - 1;
      }
    }
  }
  return done();
}

/** Offset of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  for (;;) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
}

/** Offset one past a number, `true`, `false` or `null`. */
function endOfWord(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length) {
    const char = text.charCodeAt(end);
    if (char <= 0x20 || char === COMMA || char === CLOSE_BRACE || char === CLOSE_BRACKET) break;
    end++;
  }
  return end;
}

/** Small objects are searched, large ones hashed: a step has three keys, a `meta` may have thousands. */
function addKey(frame: Frame, key: string): boolean {
  if (frame.keys instanceof Set) {
    if (frame.keys.has(key)) return false;
    frame.keys.add(key);
    return true;
  }
  const keys = frame.keys as string[];
  if (keys.includes(key)) return false;
  keys.push(key);
  if (keys.length === 16) frame.keys = new Set(keys);
  return true;
}

function numberProblem(number: string): string | undefined {
  if (number.length > MAX_NUMBER_LENGTH)
    return `A number of more than ${MAX_NUMBER_LENGTH} digits cannot be kept`;
  const exponent = Math.abs(Number(/e(.+)$/i.exec(number)?.[1] ?? 0));
  return exponent > MAX_EXPONENT
    ? `The exponent of ${number} is beyond ±${MAX_EXPONENT} and cannot be kept`
    : undefined;
}

/** The same JSON without white space between its tokens, and with its strings as JSON.stringify writes them. */
export function normaliseJson(json: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === QUOTE) {
      const end = endOfString(json, i) + 1;
      const string = json.slice(i, end);
      if (string.includes("\\")) {
        parts.push(json.slice(from, i), JSON.stringify(JSON.parse(string)));
        from = end;
      }
      i = end - 1;
    } else if (char <= 0x20) {
      if (i > from) parts.push(json.slice(from, i));
      from = i + 1;
    }
  }
  return parts.length === 0 && from === 0 ? json : parts.join("") + json.slice(from);
}

export function escapePointer(segment: string | number): string {
  return String(segment).replaceAll("~", "~0").replaceAll("/", "~1");
}

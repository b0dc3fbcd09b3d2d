// Where the members of the outermost object stand: a fraction of the work of parsing it.
import type { Member } from "./scan-json.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** The members of an object, in their order, offsets in bytes. The JSON must be valid, as what is stored is. */
export function outerMembers(json: Buffer): Member[] {
  const members: Member[] = [];
  let member: Member | undefined;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i] as number;
    if (byte <= 0x20 || byte === COLON) continue;
    const isClosing = byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
    if (isClosing) depth--;
    if (depth === 0 && isClosing) break;
    if (depth === 1 && byte === COMMA) {
      member = undefined;
      continue;
    }
    if (member?.start === -1) member.start = i;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === QUOTE) {
      const end = endOfString(json, i);
      if (depth === 1 && member === undefined) {
        member = { key: readKey(json, i, end), keyStart: i, start: -1, end: -1 };
        members.push(member);
      }
      i = end;
    }
    if (member !== undefined && member.start !== -1) member.end = i + 1;
  }
  return members;
}

function readKey(json: Buffer, start: number, end: number): string {
  const key = json.toString("utf8", start + 1, end);
  return key.includes("\\") ? (JSON.parse(`"${key}"`) as string) : key;
}

/** Offset of the quote that ends the string which begins at `start`. */
function endOfString(json: Buffer, start: number): number {
  for (let end = json.indexOf(QUOTE, start + 1); ; end = json.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

// What a mapped member says, whether it came as JSON or as the text of a table's cell.
import { invalidMember } from "./invalid-member.ts";
import { toNumber } from "./scored-columns.ts";

const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;
/** What programs write into a cell that has no value. */
const NOTHING = ["", "nan", "none", "null", "na", "n/a"];
const TRUTHS: Record<string, number> = { true: 1, false: 0 };

/** A text of at most so many characters; numbers and truth values as they are written. */
export function toText(value: unknown, name: string, maxLength: number): string {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof text !== "string") throw invalidMember(name, "a text");
  if (text.length > maxLength) throw invalidMember(name, `at most ${maxLength} characters long`);
  return text;
}

/** Null for a score that is not there: no number, or a word that says so. */
export function toScoreValue(value: unknown, name: string): number | null {
  if (value === null || isNothing(value)) return null;
  const number = readNumber(value);
  if (number === undefined) throw invalidMember(name, "a number");
  return number;
}

/** A whole number from 0; tables with gaps write 3 as 3.0. */
export function toCount(value: unknown, name: string): number | undefined {
  if (isNothing(value)) return undefined;
  const count = typeof value === "boolean" ? undefined : readNumber(value);
  if (count === undefined || !Number.isInteger(count) || count < 0 || count > 2_147_483_647)
    throw invalidMember(name, "a whole number from 0");
  return count;
}

/** A list of texts, or one text with commas. */
export function toTags(value: unknown, name: string): string[] {
  const tags = typeof value === "string" ? value.split(",").map((tag) => tag.trim()) : value;
  if (!Array.isArray(tags)) throw invalidMember(name, "a list of texts, or a text with commas");
  return tags.map((tag, index) => toText(tag, `${name}.${index}`, 1_000)).filter((tag) => tag !== "");
}

function isNothing(value: unknown): boolean {
  return typeof value === "string" && NOTHING.includes(value.trim().toLowerCase());
}

function readNumber(value: unknown): number | undefined {
  if (typeof value !== "string") return toNumber(value);
  if (NUMBER.test(value)) return Number(value);
  return TRUTHS[value.trim().toLowerCase()];
}

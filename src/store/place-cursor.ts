// Where the next page of a list begins: what its last item is sorted by, tied to the question the list answers.
import { createHash } from "node:crypto";
import { AppError } from "../contract/errors.ts";

/** A sort value; null where the item has none. */
export type PlacePart = number | string | null;

/** @param question whatever the list depends on */
export function encodePlace(place: readonly PlacePart[], question: object): string {
  return Buffer.from(JSON.stringify([...place, hashOf(question)])).toString("base64url");
}

/**
 * Throws 422 for a cursor that was made up, or made for another question.
 * @param types what `typeof` says of each part that is not null
 */
export function decodePlace(
  cursor: string,
  question: object,
  types: readonly ("number" | "string")[],
): PlacePart[] {
  const place = parse(cursor);
  const hash = place.pop();
  const isPlace =
    place.length === types.length &&
    place.every((part, index) => part === null || typeof part === types[index]);
  if (typeof hash !== "string") throw invalidCursor();
  if (hash !== hashOf(question))
    throw invalid(
      "The cursor belongs to a list with other filters or another sort; repeat those, or start again without it",
    );
  if (!isPlace) throw invalidCursor();
  return place as PlacePart[];
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function hashOf(question: object): string {
  const entries = Object.entries(question)
    .filter(([, value]) => value !== undefined)
    // Of a filter that is repeated the order means nothing.
    .map(([name, value]) => [name, Array.isArray(value) ? value.toSorted() : value]);
  const text = JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

/** The error for what no server gave out. */
export function invalidCursor(): AppError {
  return invalid("The cursor is not one that this server gave out; start again without it");
}

function invalid(message: string): AppError {
  return new AppError("invalid_cursor", message, {
    issues: [{ pointer: "/cursor", message, code: "invalid_cursor" }],
  });
}

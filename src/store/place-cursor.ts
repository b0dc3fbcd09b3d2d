// Where the next page of a list begins: what its last item is sorted by, tied to the question the list answers.
import { createHash } from "node:crypto";
import { AppError } from "../contract/errors.ts";

/** A sort value; null where the item has none. */
export type PlacePart = number | string | null;

/** @param question whatever the list depends on */
export function encodePlace(place: readonly PlacePart[], question: object): string {
  return Buffer.from(JSON.stringify([hashOf(question), ...place])).toString("base64url");
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
  const [hash, ...place] = parse(cursor);
  const isPlace =
    place.length === types.length &&
    place.every((part, index) => part === null || typeof part === types[index]);
  if (typeof hash !== "string" || !isPlace)
    throw invalid("The cursor is not one that this server gave out; start again without it");
  if (hash !== hashOf(question))
    throw invalid("The cursor belongs to another list; repeat its parameters, or start again without it");
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
  const entries = Object.entries(question).filter(([, value]) => value !== undefined);
  const text = JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

function invalid(message: string): AppError {
  return new AppError("invalid_cursor", message, {
    issues: [{ pointer: "/cursor", message, code: "invalid_cursor" }],
  });
}

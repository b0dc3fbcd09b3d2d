// Where the next page begins: the place of the last item, tied to the question it answers.
import { createHash } from "node:crypto";
import { AppError } from "../contract/errors.ts";
import { isInstant } from "../contract/instant.ts";

export interface Place {
  createdAt: string;
  id: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function encodeCursor(place: Place, filters: object): string {
  return Buffer.from(JSON.stringify([place.createdAt, place.id, hashFilters(filters)])).toString("base64url");
}

/** Throws 422 for a cursor that was made up, or made for other filters. */
export function decodeCursor(cursor: string, filters: object): Place {
  const [createdAt, id, hash] = parse(cursor);
  if (typeof createdAt !== "string" || typeof id !== "string" || !isInstant(createdAt) || !UUID.test(id)) {
    throw invalid("The cursor is not one that this server gave out; start again without it");
  }
  if (hash !== hashFilters(filters)) {
    throw invalid("The cursor belongs to a list with other filters; repeat those, or start again without it");
  }
  return { createdAt, id };
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function hashFilters(filters: object): string {
  const entries = Object.entries(filters).filter(([, value]) => value !== undefined);
  const text = JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

function invalid(message: string): AppError {
  return new AppError("invalid_cursor", message, {
    issues: [{ pointer: "/cursor", message, code: "invalid_cursor" }],
  });
}

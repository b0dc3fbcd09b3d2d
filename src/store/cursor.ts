// Where the next page begins: the place of the last item, tied to the question it answers.
import { createHash } from "node:crypto";
import { AppError } from "../contract/errors.ts";
import { isInstant } from "../contract/instant.ts";
import type { Place, TraceOrder } from "./trace-order.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param question the filters and the sort */
export function encodeCursor(place: Place, question: object): string {
  return Buffer.from(JSON.stringify([place.value, place.id, hashQuestion(question)])).toString("base64url");
}

/** Throws 422 for a cursor that was made up, or made for other filters or another sort. */
export function decodeCursor(cursor: string, order: TraceOrder, question: object): Place {
  const [value, id, hash] = parse(cursor);
  if (typeof id !== "string" || !UUID.test(id) || typeof hash !== "string")
    throw invalid("The cursor is not one that this server gave out; start again without it");
  if (hash !== hashQuestion(question)) {
    throw invalid(
      "The cursor belongs to a list with other filters or another sort; repeat those, or start again without it",
    );
  }
  if (!isValueOf(order, value))
    throw invalid("The cursor is not one that this server gave out; start again without it");
  return { value, id };
}

function isValueOf({ column, isNullable }: TraceOrder, value: unknown): value is Place["value"] {
  if (value === null) return isNullable;
  if (column === "created_at") return typeof value === "string" && isInstant(value);
  if (column === "reward") return typeof value === "number";
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

function hashQuestion(question: object): string {
  const entries = Object.entries(question).filter(([, value]) => value !== undefined);
  const text = JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

function invalid(message: string): AppError {
  return new AppError("invalid_cursor", message, {
    issues: [{ pointer: "/cursor", message, code: "invalid_cursor" }],
  });
}

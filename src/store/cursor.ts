// Where the next page of traces begins: the place of the last item, tied to the filters and the sort.
import { isInstant } from "../contract/instant.ts";
import { decodePlace, encodePlace, invalidCursor } from "./place-cursor.ts";
import type { Place, TraceOrder } from "./trace-order.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param question the filters and the sort */
export function encodeCursor({ value, id }: Place, question: object): string {
  return encodePlace([value, id], question);
}

/** Throws 422 for a cursor that was made up, or made for other filters or another sort. */
export function decodeCursor(cursor: string, order: TraceOrder, question: object): Place {
  const type = order.column === "created_at" ? "string" : "number";
  const [value, id] = decodePlace(cursor, question, [type, "string"]);
  if (typeof id !== "string" || !UUID.test(id) || !isValueOf(order, value)) throw invalidCursor();
  return { value, id };
}

function isValueOf({ column, isNullable }: TraceOrder, value: unknown): value is Place["value"] {
  if (value === null) return isNullable;
  if (column === "created_at") return typeof value === "string" && isInstant(value);
  if (column === "reward") return typeof value === "number";
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
}

// The orders a list comes in, and where in one a page begins. What has no value comes last in every order.
import sql, { raw, type Sql } from "sql-template-tag";
import type { TraceSort } from "../contract/pages.ts";

export interface TraceOrder {
  column: "created_at" | "step_count" | "char_count" | "completion_tokens" | "reward";
  isDescending: boolean;
  isNullable: boolean;
}

const order = (column: TraceOrder["column"], isDescending: boolean): TraceOrder => ({
  column,
  isDescending,
  isNullable: column === "completion_tokens" || column === "reward",
});

export const traceOrders: Record<TraceSort, TraceOrder> = {
  newest: order("created_at", true),
  oldest: order("created_at", false),
  most_steps: order("step_count", true),
  fewest_steps: order("step_count", false),
  longest: order("char_count", true),
  shortest: order("char_count", false),
  most_tokens: order("completion_tokens", true),
  fewest_tokens: order("completion_tokens", false),
  reward_high: order("reward", true),
  reward_low: order("reward", false),
};

/** Where an item stands in its order: its value there (a time as ISO 8601), then its id. */
export interface Place {
  value: string | number | null;
  id: string;
}

/** The part of an order whose items all have a value, or none. Each is one walk along one index. */
export interface OrderPart {
  condition: Sql | undefined;
  orderBy: Sql;
  /** Whether its items have no value. */
  isNull: boolean;
}

/** The parts of the order that come after `place`, or all of them. */
export function partsAfter(order: TraceOrder, place: Place | undefined): OrderPart[] {
  const { column, isDescending, isNullable } = order;
  const [direction, beyond] = isDescending ? ["DESC", "<"] : ["ASC", ">"];
  const name = `traces.${column}`;
  const parts: OrderPart[] = [];
  if (place === undefined || place.value !== null) {
    const type = column === "created_at" ? "timestamptz" : column === "reward" ? "float8" : "int";
    const after =
      place &&
      sql`(${raw(name)}, traces.id) ${raw(beyond)} (${place.value}::${raw(type)}, ${place.id}::uuid)`;
    parts.push({
      condition: isNullable ? (after ?? raw(`${name} IS NOT NULL`)) : after,
      orderBy: raw(`${name} ${direction}, traces.id ${direction}`),
      isNull: false,
    });
  }
  if (isNullable) {
    const isNull = raw(`${name} IS NULL`);
    parts.push({
      condition:
        place?.value === null ? sql`${isNull} AND traces.id ${raw(beyond)} ${place.id}::uuid` : isNull,
      orderBy: raw(`traces.id ${direction}`),
      isNull: true,
    });
  }
  return parts;
}

// Members of a record by their place in it, and the record without them.
import { isObject } from "./format.ts";
import type { Place } from "./parse-map.ts";

/** Undefined where there is none. A column that is named with dots, as flattened tables do, is found too. */
export function valueAt(record: Record<string, unknown>, { path }: Place): unknown {
  const value = path.reduce<unknown>(memberOf, record);
  return value === undefined ? memberOf(record, path.join(".")) : value;
}

function memberOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^\d{1,9}$/.test(name) ? value[Number(name)] : undefined;
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What remains when the places are taken out; in lists null keeps the others' places. */
export function withoutPlaces(
  record: Record<string, unknown>,
  places: readonly Place[],
): Record<string, unknown> {
  return places.reduce((rest, place) => {
    const isNested = place.path.reduce<unknown>(memberOf, rest) !== undefined;
    const kept = without(rest, isNested ? place.path : [place.path.join(".")]);
    return isObject(kept) ? kept : {};
  }, record);
}

/** Undefined when nothing remains. */
function without(value: unknown, path: readonly string[]): unknown {
  const [name, ...inner] = path;
  if (name === undefined) return undefined;
  const member = memberOf(value, name);
  if (member === undefined) return value;
  const kept = without(member, inner);
  if (Array.isArray(value)) {
    const items = value.with(Number(name), kept ?? null);
    return items.every((item) => item === null) ? undefined : items;
  }
  const { [name]: _taken, ...others } = value as Record<string, unknown>;
  const rest = kept === undefined ? others : { ...(value as Record<string, unknown>), [name]: kept };
  return Object.keys(rest).length === 0 ? undefined : rest;
}

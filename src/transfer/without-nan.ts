import { endOfString } from "../trace/end-of-string.ts";

/**
 * JSON as Python's `json.dumps` and JavaScript-minded programs write it, with null for `NaN` and infinities, as of Parquet: a
 * score that is none failed. Undefined where there are none.
 */
export function withoutNaN(bytes: Buffer): Buffer | undefined {
  if (!bytes.includes("NaN") && !bytes.includes("Infinity")) return undefined;
  const text = bytes.toString("latin1");
  const parts: string[] = [];
  let done = 0;
  // Strings are passed over by hand: for one of millions of escapes a pattern has not the room.
  const next = /"|\bNaN\b|-?\bInfinity\b/g;
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    if (found[0] === '"') next.lastIndex = endOfString(text, found.index);
    else {
      parts.push(text.slice(done, found.index), "null");
      done = next.lastIndex;
    }
  }
  return parts.length === 0 ? undefined : Buffer.from(parts.join("") + text.slice(done), "latin1");
}

/** Strings, to be passed over, and the numbers that JSON does not have. */
const STRING_OR_NO_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|\bNaN\b|-?\bInfinity\b/gs;

/**
 * JSON as Python's `json.dumps` and JavaScript-minded programs write it, with null for `NaN` and infinities, as of Parquet: a
 * score that is none failed. Undefined where there are none.
 */
export function withoutNaN(bytes: Buffer): Buffer | undefined {
  if (!bytes.includes("NaN") && !bytes.includes("Infinity")) return undefined;
  const text = bytes.toString("latin1");
  const without = text.replace(STRING_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : "null"));
  return without === text ? undefined : Buffer.from(without, "latin1");
}

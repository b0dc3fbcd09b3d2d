// Decimals of Parquet to the digit: the reader would multiply them as doubles, and give 0.3 as 0.30000000000000004.
import type { SchemaElement } from "hyparquet";
import { AppError } from "../contract/errors.ts";
import { findInexactNumber } from "../trace/inexact-number.ts";

/** Where a decimal stands: the names from the row's column down, those of lists' own levels among them. */
export interface DecimalColumn {
  path: string[];
  scale: number;
}

/**
 * Has the reader hand decimals over as they lie in the file, and says where they are. Refuses a file with two columns of one name, of
 * which a row would hold one.
 */
export function prepareSchema(schema: SchemaElement[]): DecimalColumn[] {
  const decimals: DecimalColumn[] = [];
  const names: string[] = [];
  let next = 1;
  const walk = (children: number) => {
    const siblings = new Set<string>();
    for (let child = 0; child < children; child++) {
      const element = schema[next++] as SchemaElement;
      if (siblings.has(element.name))
        throw new AppError("bad_parquet", `The Parquet file names the column "${element.name}" twice`);
      siblings.add(element.name);
      names.push(element.name);
      if (element.converted_type === "DECIMAL") {
        decimals.push({ path: [...names], scale: element.scale ?? 0 });
        delete element.converted_type;
        // The only type whose bytes the reader leaves alone, whatever they are: see parquet-parsers.ts.
        element.logical_type = { type: "GEOMETRY" };
      }
      walk(element.num_children ?? 0);
      names.pop();
    }
  };
  walk(schema[0]?.num_children ?? 0);
  return decimals;
}

/** A row with its decimals as numbers, or as texts where a double does not hold every digit. */
export function writeDecimals(
  row: Record<string, unknown>,
  decimals: readonly DecimalColumn[],
): Record<string, unknown> {
  return decimals.reduce(
    (members, { path, scale }) => writeAt(members, path, scale) as Record<string, unknown>,
    row,
  );
}

/** Lists and maps have levels in the path that their values don't have. */
function writeAt(value: unknown, path: readonly string[], scale: number): unknown {
  if (typeof value === "number" || typeof value === "bigint") return toDecimal(BigInt(value), scale);
  if (value instanceof Uint8Array) return toDecimal(readInteger(value), scale);
  if (Array.isArray(value)) return value.map((item) => writeAt(item, path, scale));
  if (typeof value !== "object" || value === null) return value;
  const at = path.findIndex((name) => Object.hasOwn(value, name));
  const rest = path.slice(at + 1);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      at === -1 || name === path[at] ? writeAt(member, rest, scale) : member,
    ]),
  );
}

function toDecimal(unscaled: bigint, scale: number): bigint | number | string {
  if (scale === 0) return unscaled;
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const text = `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return findInexactNumber(text) === undefined ? Number(text) : text;
}

/** Two's complement, the highest byte first. */
function readInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

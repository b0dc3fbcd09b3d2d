// Tables for people: columns as wide as their widest cell.
import { shorten, toTerminalText } from "./terminal-text.ts";

export interface TextColumn<Row> {
  head: string;
  /** Numbers stand to the right. */
  align?: "right";
  cell(row: Row): string | number | null;
}

const MAX_WIDTH = 60;

/** A line of heads, then one for each row; what is null or empty is a dash. */
export function formatTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ head }) => head),
    ...rows.map((row) => columns.map(({ cell }) => toCell(cell(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] as string).length)));
  return lines
    .map((line) =>
      line
        .map((cell, index) => {
          const width = widths[index] as number;
          return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function toCell(value: string | number | null): string {
  return value === null || value === "" ? "-" : shorten(toTerminalText(String(value)), MAX_WIDTH);
}

/** A figure between about 0 and 1, or null. */
export function decimals(value: number | null, digits = 3): string | null {
  return value === null ? null : value.toFixed(digits);
}

export function percent(share: number | null): string | null {
  return share === null ? null : `${Math.round(share * 100)} %`;
}

/** `low … high`, or null where there is none. */
export function range(low: number | null, high: number | null): string | null {
  return low === null || high === null ? null : `${decimals(low)} … ${decimals(high)}`;
}

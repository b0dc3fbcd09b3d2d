import pg from "pg";
import type { Sql } from "sql-template-tag";

/** The statement with its values written into it, by the driver's own quoting: COPY takes no parameters. */
export function inlineValues({ strings, values }: Sql): string {
  const literals = values.map((value) => pg.escapeLiteral(String(value)));
  return strings.map((string, index) => string + (literals[index] ?? "")).join("");
}

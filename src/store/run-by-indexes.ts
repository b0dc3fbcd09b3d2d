import type { Sql } from "sql-template-tag";
import type { Queryable } from "./database.ts";
import { inlineValues } from "./inline-values.ts";

/**
 * Runs a statement that must not read a whole table. Statements in one message are one transaction: the settings end
 * with it. Without the first PostgreSQL would read the whole table for what it believes to be common, although a walk
 * has shown that it lies together, or is rare; without the second it would compile each statement, whose cost it then
 * takes for enormous.
 *
 * @param settings further ones, each with its semicolon
 */
export async function runByIndexes<Row extends object>(
  db: Queryable,
  statement: Sql,
  settings = "",
): Promise<Row[]> {
  const results = await db.query(
    `SET LOCAL enable_seqscan = off; SET LOCAL jit = off; ${settings}${inlineValues(statement)}`,
  );
  return (results as unknown as { rows: Row[] }[]).at(-1)?.rows ?? [];
}

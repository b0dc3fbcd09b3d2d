import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { COPY_HEADER, COPY_TRAILER } from "./copy-encoder.ts";

/**
 * Stores encoded rows by COPY.
 * @param target a table with its columns in brackets
 * @param parts the rows, some in each
 */
export async function copyRows(
  client: pg.ClientBase,
  target: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN WITH (FORMAT binary)`));
  await new Promise<void>((resolve, reject) => {
    stream.on("finish", resolve);
    stream.on("error", reject);
    stream.write(COPY_HEADER);
    for (const part of parts) stream.write(part);
    stream.end(COPY_TRAILER);
  });
}

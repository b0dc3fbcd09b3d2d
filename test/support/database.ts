import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { inDatabase } from "./global-setup.ts";

let counter = 0;

export interface TestDatabase {
  connection: pg.ClientConfig;
  pool: pg.Pool;
}

/** A migrated, empty database for the tests of one file; it goes when they are done. */
export function useDatabase(): TestDatabase {
  const { connection, template } = inject("server");
  const name = `${template}_${process.env.VITEST_POOL_ID ?? 0}_${process.pid}_${counter++}`;
  const database = { connection: inDatabase(connection, name) } as TestDatabase;
  beforeAll(async () => {
    await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    database.pool = new pg.Pool({ ...database.connection, max: 5, connectionTimeoutMillis: 10_000 });
    database.pool.on("error", () => {});
  });
  afterAll(async () => {
    await database.pool.end();
    await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  return database;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client(inject("server").connection);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

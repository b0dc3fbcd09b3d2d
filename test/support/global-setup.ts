// One PostgreSQL for all tests: the server of TEST_DATABASE_URL, or an embedded one of their own. A migrated
// template database is made once and cloned for each test file.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { buildIfStale } from "../../bin/build-if-stale.mjs";
import { EmbeddedPostgres } from "../../src/store/embedded/embedded-postgres.ts";
import { migrateUp } from "../../src/store/migrations.ts";

declare module "vitest" {
  interface ProvidedContext {
    server: { connection: pg.ClientConfig; template: string; isEmbedded: boolean };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The tests of the command line run what is built.
  buildIfStale();
  const url = process.env.TEST_DATABASE_URL;
  const dataDir = await mkdtemp(join(tmpdir(), "tunix-rt-test-"));
  const embedded =
    url === undefined
      ? await EmbeddedPostgres.join({ dataDir, create: true, label: `tests, process ${process.pid}` })
      : undefined;
  const connection = embedded?.connection ?? { connectionString: url as string };
  const template = `tunix_test_${process.pid}`;

  const admin = new pg.Client(connection);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  const client = new pg.Client(inDatabase(connection, template));
  await client.connect();
  await migrateUp(client);
  await client.end();
  project.provide("server", { connection, template, isEmbedded: embedded !== undefined });

  return async () => {
    await admin.query(`DROP DATABASE ${template}`);
    await admin.end();
    await embedded?.leave();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** The same server, another database. */
export function inDatabase(connection: pg.ClientConfig, database: string): pg.ClientConfig {
  if (connection.connectionString === undefined) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}

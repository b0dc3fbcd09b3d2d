// Writes schema.sql, the dump of what the migrations make; with --check, fails when it differs instead.
// Needs pg_dump and SCHEMA_DATABASE_URL, an empty PostgreSQL 15 database: other versions dump differently.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../schema.sql", import.meta.url));
const program = fileURLToPath(new URL("../bin/tunix-rt.mjs", import.meta.url));
const url = process.env.SCHEMA_DATABASE_URL;
if (!url) fail("Set SCHEMA_DATABASE_URL to an empty PostgreSQL 15 database");

execFileSync(process.execPath, [program, "migrate", "up"], {
  env: { ...process.env, DATABASE_URL: url },
  stdio: ["ignore", 2, 2],
});
const dump = execFileSync(
  "pg_dump",
  ["--schema-only", "--no-owner", "--no-privileges", "--exclude-table=schema_migrations*", url],
  { encoding: "utf8" },
);
const schema = `-- What the migrations make: \`npm run schema\` writes this file.\n${readable(dump)}`;
if (!process.argv.includes("--check")) writeFileSync(file, schema);
else if (readFileSync(file, "utf8") !== schema)
  fail("schema.sql differs from what the migrations make; run npm run schema");

/** Without what changes from one pg_dump to the next: comments, session settings, the random restrict key. */
function readable(sql) {
  return sql
    .split("\n")
    .filter((line) => !/^(--|\\(un)?restrict|SET |SELECT pg_catalog\.set_config)/.test(line))
    .join("\n")
    .replace(/\n{2,}/g, "\n\n");
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

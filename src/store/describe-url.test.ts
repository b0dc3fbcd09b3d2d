import { expect, test } from "vitest";
import { describeUrl } from "./database.ts";

test.each([
  ["postgres://user:hunter2@db.example:5433/traces", "postgres://db.example:5433/traces"],
  ["postgresql://hunter2@db.example/traces", "postgresql://db.example/traces"],
  ["postgres://db.example/traces?password=hunter2&sslkey=hunter2", "postgres://db.example/traces"],
  ["postgres://user:hunter2%2F%40@db.example/traces#hunter2", "postgres://db.example/traces"],
  ["postgres:///traces?host=/run/postgresql&user=hunter2", "postgres:///traces"],
  ["postgres://user:hunter2@[::1]:5432/traces", "postgres://[::1]:5432/traces"],
])("%s is shown as %s", (databaseUrl, shown) => {
  expect(describeUrl(databaseUrl)).toBe(shown);
});

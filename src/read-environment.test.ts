import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { loadConfig, readEnvironment } from "./config.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tunix-rt-env-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  vi.unstubAllEnvs();
});

test("a .env file is read", () => {
  writeFileSync(join(directory, ".env"), "# Comment\nPORT=9001\nLOG_LEVEL='warn'\n");
  expect(loadConfig(readEnvironment(directory, {}))).toMatchObject({ PORT: 9_001, LOG_LEVEL: "warn" });
});

test("the environment goes before the .env file", () => {
  writeFileSync(join(directory, ".env"), "PORT=9001\nHOST=::1\n");
  expect(readEnvironment(directory, { PORT: "9002" })).toEqual({ PORT: "9002", HOST: "::1" });
});

test("without a .env file the environment stands alone", () => {
  expect(readEnvironment(directory, { PORT: "9002" })).toEqual({ PORT: "9002" });
});

test("the process's own environment is the default, and is not changed", () => {
  vi.stubEnv("DB_POOL_SIZE", "7");
  writeFileSync(join(directory, ".env"), "DB_POOL_SIZE=8\nDB_POOL_TIMEOUT=9\n");
  expect(loadConfig(readEnvironment(directory))).toMatchObject({ DB_POOL_SIZE: 7, DB_POOL_TIMEOUT: 9 });
  expect(process.env.DB_POOL_TIMEOUT).toBeUndefined();
});

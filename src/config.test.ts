import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { thrownBy } from "../test/support/thrown.ts";
import { type Config, loadConfig, settings } from "./config.ts";

const settingFrom = (name: string, text: string) => loadConfig({ [name]: text })[name as keyof Config];

test("without an environment every setting has its default", () => {
  expect(loadConfig({})).toEqual({
    HOST: "127.0.0.1",
    PORT: 8000,
    ALLOWED_HOSTS: [],
    DATA_DIR: settings.DATA_DIR.default,
    DATABASE_URL: undefined,
    DB_POOL_SIZE: 10,
    DB_POOL_TIMEOUT: 30,
    TRACE_MAX_BYTES: 1_048_576,
    IMPORT_MAX_RECORD_BYTES: 67_108_864,
    LOG_LEVEL: "info",
    REDIAI_MODE: "mock",
    REDIAI_BASE_URL: "http://localhost:8080",
    REDIAI_HEALTH_PATH: "/health",
    REDIAI_HEALTH_CACHE_TTL_SECONDS: 30,
  });
});

test("an empty value means unset, and white space around one does not count", () => {
  const blank = Object.fromEntries(Object.keys(settings).map((name) => [name, "  "]));
  expect(loadConfig(blank)).toEqual(loadConfig({}));
  expect(loadConfig({ PORT: " 9000\n", OTHER: "x" }).PORT).toBe(9_000);
});

describe("whole numbers", () => {
  test.each([
    ["PORT", 0, 65_535],
    ["DB_POOL_SIZE", 1, 50],
    ["DB_POOL_TIMEOUT", 1, 300],
    ["TRACE_MAX_BYTES", 1_024, 10_485_760],
    ["IMPORT_MAX_RECORD_BYTES", 1_024, 268_435_456],
    ["REDIAI_HEALTH_CACHE_TTL_SECONDS", 0, 300],
  ])("%s goes from %i to %i", (name, min, max) => {
    expect(settingFrom(name, String(min))).toBe(min);
    expect(settingFrom(name, String(max))).toBe(max);
    for (const text of [String(min - 1), String(max + 1), "1.5", "1e3", "0x10", "ten", "-1", "99999999999"]) {
      const error = thrownBy(() => loadConfig({ [name]: text }));
      expect(error.code).toBe("bad_setting");
      expect(error.message, text).toMatch(new RegExp(`^${name} is "${text}"; allowed: ${min} to ${max}\\b`));
    }
  });
});

describe("words", () => {
  test.each([
    ["LOG_LEVEL", ["trace", "debug", "info", "warn", "error", "fatal", "silent"], ["INFO", "verbose"]],
    ["REDIAI_MODE", ["mock", "real"], ["Real", "off"]],
    ["HOST", ["0.0.0.0", "::1", "my-host.example"], ["a b", "http://x", "[::1]", "a/b"]],
    ["REDIAI_HEALTH_PATH", ["/", "/health?deep=1"], ["health", "/a b", "http://x/health"]],
    [
      "REDIAI_BASE_URL",
      ["http://redi:8080", "https://redi.example/base"],
      ["redi:8080", "ftp://x", "http://u:p@x"],
    ],
    ["DATABASE_URL", ["postgres://u:p@h:5432/d", "postgresql:///d?host=/run"], ["mysql://h/d", "h/d", "db"]],
  ])("%s", (name, allowed, refused) => {
    for (const text of allowed) expect(settingFrom(name, text)).toBe(text);
    for (const text of refused) {
      expect(thrownBy(() => loadConfig({ [name]: text })).message, text).toMatch(
        new RegExp(`^${name} .*; allowed: `),
      );
    }
  });

  test("ALLOWED_HOSTS are names, separated by commas, in any case", () => {
    expect(settingFrom("ALLOWED_HOSTS", "traces.example, Other")).toEqual(["traces.example", "other"]);
    for (const text of ["a b", "http://a", "a,,b", "a:80"]) {
      expect(thrownBy(() => loadConfig({ ALLOWED_HOSTS: text })).message).toContain(`is "${text}"; allowed:`);
    }
  });
});

describe("DATA_DIR", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });

  test.each([
    ["/data/traces", "/data/traces"],
    ["~", homedir()],
    ["~/traces", join(homedir(), "traces")],
    ["~other", resolve("~other")],
    ["traces", resolve("traces")],
  ])("%s is %s", (text, path) => {
    expect(settingFrom("DATA_DIR", text)).toBe(path);
  });

  test.each([
    ["/xdg", "/xdg/tunix-rt"],
    ["relative", join(homedir(), ".local/share/tunix-rt")],
    ["", join(homedir(), ".local/share/tunix-rt")],
  ])("lies, by default and with XDG_DATA_HOME=%j, at %s", async (xdg, path) => {
    vi.stubEnv("XDG_DATA_HOME", xdg);
    vi.resetModules();
    const fresh = await import("./config.ts");
    expect(fresh.loadConfig({}).DATA_DIR).toBe(path);
  });
});

test("all faults are told at once, a line each", () => {
  const error = thrownBy(() => loadConfig({ PORT: "x", HOST: "y", LOG_LEVEL: "loud", DB_POOL_SIZE: "0" }));
  expect(error.message.split("\n")).toEqual([
    'PORT is "x"; allowed: 0 to 65535; 0 picks a free port',
    'DB_POOL_SIZE is "0"; allowed: 1 to 50 connections',
    'LOG_LEVEL is "loud"; allowed: trace, debug, info, warn, error, fatal or silent',
  ]);
});

test.each([
  ["DATABASE_URL", "mysql://root:hunter2@host/db"],
  ["DATABASE_URL", "hunter2"],
  ["REDIAI_BASE_URL", "https://user:hunter2@redi.example"],
  ["REDIAI_BASE_URL", "hunter2"],
])("a bad %s is not shown, as it may hold a password", (name, text) => {
  const error = thrownBy(() => loadConfig({ [name]: text, PORT: "x" }));
  expect(error.message).toContain(`${name} has a value that is not allowed`);
  expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain("hunter2");
});

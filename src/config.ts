// Settings: read once, from the environment and a .env file, by the command line alone.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { AppError } from "./contract/errors.ts";

/** Reads one setting's text; returns undefined where it isn't allowed. */
type Reader<T> = (text: string) => T | undefined;

interface Setting<T> {
  default: T;
  allowed: string;
  read: Reader<T>;
  /** Its value is never shown. */
  isSecret?: boolean;
}

const integer = (min: number, max: number): Reader<number> => {
  return (text) =>
    /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
};
const oneOf = <T extends string>(...values: T[]): Reader<T> => {
  return (text) => values.find((value) => value === text);
};
const setting = <T>(value: Setting<T>): Setting<T> => value;

export const settings = {
  HOST: setting<string>({
    default: "127.0.0.1",
    allowed: "an address or host name to listen on",
    read: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  }),
  PORT: setting<number>({
    default: 8000,
    allowed: "0 to 65535; 0 picks a free port",
    read: integer(0, 65_535),
  }),
  ALLOWED_HOSTS: setting<string[]>({
    default: [],
    allowed: "names, separated by commas, under which browsers may reach the server",
    read: (text) => {
      const names = text.split(",").map((name) => name.trim().toLowerCase());
      return names.every((name) => /^[\w.-]+$/.test(name)) ? names : undefined;
    },
  }),
  DATA_DIR: setting<string>({
    default: defaultDataDir(),
    allowed: "a directory on a local disk",
    read: (text) => resolve(text.replace(/^~(?=$|\/)/, homedir())),
  }),
  DATABASE_URL: setting<string | undefined>({
    default: undefined,
    allowed: "postgres://user:password@host:port/database",
    read: readDatabaseUrl,
    isSecret: true,
  }),
  DB_POOL_SIZE: setting<number>({ default: 10, allowed: "1 to 50 connections", read: integer(1, 50) }),
  DB_POOL_TIMEOUT: setting<number>({ default: 30, allowed: "1 to 300 seconds", read: integer(1, 300) }),
  TRACE_MAX_BYTES: setting<number>({
    default: 1_048_576,
    allowed: "1024 to 10485760 bytes",
    read: integer(1_024, 10_485_760),
  }),
  IMPORT_MAX_RECORD_BYTES: setting<number>({
    default: 67_108_864,
    allowed: "1024 to 268435456 bytes",
    read: integer(1_024, 268_435_456),
  }),
  LOG_LEVEL: setting<LogLevel>({
    default: "info",
    allowed: "trace, debug, info, warn, error, fatal or silent",
    read: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  }),
  REDIAI_MODE: setting<"mock" | "real">({
    default: "mock",
    allowed: "mock or real",
    read: oneOf("mock", "real"),
  }),
  REDIAI_BASE_URL: setting<string>({
    default: "http://localhost:8080",
    allowed: "an http or https address without user and password",
    read: readHttpUrl,
    isSecret: true,
  }),
  REDIAI_HEALTH_PATH: setting<string>({
    default: "/health",
    allowed: "a path that begins with /",
    read: (text) => (/^\/[^\s]*$/.test(text) ? text : undefined),
  }),
  REDIAI_HEALTH_CACHE_TTL_SECONDS: setting<number>({
    default: 30,
    allowed: "0 to 300 seconds",
    read: integer(0, 300),
  }),
};

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
type SettingName = keyof typeof settings;
export type Config = { [Name in SettingName]: (typeof settings)[Name]["default"] };
export type Environment = Record<string, string | undefined>;

/** The settings in force; throws `bad_setting` with one line for each fault. An empty value means unset. */
export function loadConfig(environment: Environment): Config {
  const faults: string[] = [];
  const entries = Object.entries(settings).map(([name, { default: fallback, read, allowed, isSecret }]) => {
    const text = environment[name]?.trim();
    if (text === undefined || text === "") return [name, fallback];
    const value = read(text);
    if (value === undefined) {
      const shown = isSecret
        ? "has a value that is not allowed (not shown, it may hold a password)"
        : `is "${text}"`;
      faults.push(`${name} ${shown}; allowed: ${allowed}`);
    }
    return [name, value];
  });
  if (faults.length > 0) throw new AppError("bad_setting", faults.join("\n"));
  return Object.fromEntries(entries) as Config;
}

/** The process's environment over what a `.env` file in the directory says. */
export function readEnvironment(directory: string, environment: Environment = process.env): Environment {
  const file = join(directory, ".env");
  return existsSync(file) ? { ...parseEnv(readFileSync(file, "utf8")), ...environment } : environment;
}

function defaultDataDir(): string {
  const base = process.env.XDG_DATA_HOME;
  // The XDG specification has relative paths ignored.
  return join(base && isAbsolute(base) ? base : join(homedir(), ".local", "share"), "tunix-rt");
}

function readDatabaseUrl(text: string): string | undefined {
  try {
    const { protocol, pathname, username, password } = new URL(text);
    // Throws where a percent sign is not one of an escape.
    decodeURIComponent(username + password);
    // A password with an unescaped "/" ends up in the path, which may be shown.
    return ["postgres:", "postgresql:"].includes(protocol) && !pathname.includes("@") ? text : undefined;
  } catch {
    return undefined;
  }
}

function readHttpUrl(text: string): string | undefined {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" ? text : undefined;
  } catch {
    return undefined;
  }
}

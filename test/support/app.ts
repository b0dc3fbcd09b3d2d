import type { FastifyInstance } from "fastify";
import pg from "pg";
import pino from "pino";
import { afterAll, beforeAll } from "vitest";
import { createRediaiClient } from "../../src/rediai/rediai-client.ts";
import { type AppOptions, buildApp } from "../../src/server/app.ts";
import type { TestDatabase } from "./database.ts";

export interface TestApp {
  app: FastifyInstance;
  /** The log's lines so far. */
  logs: string[];
}

/** The HTTP server over a test's database; requests go in through `app.inject`. */
export function useApp(database: TestDatabase, options: Partial<AppOptions> = {}): TestApp {
  const test = { logs: [] as string[] } as TestApp;
  beforeAll(async () => {
    test.app = await buildApp({
      pool: database.pool,
      connect: async () => {
        const client = new pg.Client(database.connection);
        client.on("error", () => {});
        await client.connect();
        return client;
      },
      maxRecordBytes: 1_048_576,
      rediai: createRediaiClient({
        mode: "mock",
        baseUrl: "http://localhost",
        healthPath: "/",
        cacheTtlMs: 0,
      }),
      logger: pino({ level: "debug" }, { write: (line: string) => test.logs.push(line) }),
      traceMaxBytes: 1_048_576,
      allowedHosts: [],
      version: "0.0.0",
      ...options,
    });
  });
  afterAll(() => test.app.close());
  return test;
}

export interface Answer<T> {
  status: number;
  headers: Record<string, unknown>;
  /** The body's text. */
  text: string;
  /** The body, parsed. */
  body: T;
}

/** Sends a request; a payload that isn't text goes as JSON. */
export async function request<T = Record<string, unknown>>(
  { app }: TestApp,
  method: "GET" | "POST" | "PATCH" | "DELETE",
  url: string,
  payload?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const response = await app.inject({
    method,
    url,
    headers: {
      host: "localhost",
      ...(payload !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(payload !== undefined && {
      payload: typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
    }),
  });
  const isJson = /[/+]json/.test(String(response.headers["content-type"]));
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: (isJson ? JSON.parse(response.body) : undefined) as T,
  };
}

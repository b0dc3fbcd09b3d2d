// RediAI, the outside service: one question, whether it is well.
import type { RediHealth } from "../contract/pages.ts";

export interface RediaiClient {
  health(): Promise<RediHealth>;
}

export interface RediaiOptions {
  mode: "mock" | "real";
  baseUrl: string;
  healthPath: string;
  cacheTtlMs: number;
}

const TIME_LIMIT_MS = 5_000;

export function createRediaiClient(options: RediaiOptions, timeLimitMs = TIME_LIMIT_MS): RediaiClient {
  if (options.mode === "mock") return { health: async () => ({ status: "healthy" }) };
  // Not resolved as a link would be: that drops the base's own path, and "//name" names another host.
  const { origin, pathname } = new URL(options.baseUrl);
  const url = new URL(`${origin}${pathname.replace(/\/+$/, "")}${options.healthPath}`);
  return withCache(() => askHealth(url, timeLimitMs), options.cacheTtlMs);
}

async function askHealth(url: URL, timeLimitMs: number): Promise<RediHealth> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeLimitMs) });
    await response.body?.cancel();
    return response.ok ? { status: "healthy" } : { status: "down", error: `HTTP ${response.status}` };
  } catch (error) {
    return { status: "down", error: describe(error as Error, timeLimitMs) };
  }
}

function describe(error: Error, timeLimitMs: number): string {
  if (error.name === "TimeoutError") return `Timeout after ${timeLimitMs / 1000}s`;
  const cause = error.cause as { code?: string; message?: string; errors?: Error[] } | undefined;
  const reason = cause?.message || cause?.errors?.[0]?.message || error.message;
  return cause?.code === "ECONNREFUSED" ? `Connection refused: ${reason}` : reason;
}

/** Answers are kept for `ttlMs`; callers who come while a question is under way share its answer. */
function withCache(ask: () => Promise<RediHealth>, ttlMs: number): RediaiClient {
  let answer: Promise<RediHealth> | undefined;
  let expiresAt = 0;
  return {
    health() {
      if (answer === undefined || Date.now() >= expiresAt) {
        expiresAt = Number.POSITIVE_INFINITY;
        answer = ask().finally(() => {
          expiresAt = Date.now() + ttlMs;
        });
      }
      return answer;
    },
  };
}

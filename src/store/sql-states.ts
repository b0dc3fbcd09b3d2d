// PostgreSQL's errors by name (appendix A of its manual), and trying again after those that pass.
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../contract/errors.ts";

export const FOREIGN_KEY_VIOLATION = "23503";
export const UNIQUE_VIOLATION = "23505";
export const SERIALIZATION_FAILURE = "40001";
export const DEADLOCK_DETECTED = "40P01";
export const LOCK_NOT_AVAILABLE = "55P03";

const MAX_ATTEMPTS = 5;
const MAX_PAUSE_MS = 200;

export function hasState(error: unknown, ...states: readonly string[]): boolean {
  return states.includes((error as { code?: string }).code ?? "");
}

/**
 * Runs `work` until it does not fail by one of these; throws `database_busy` when it has five times.
 * @param undo what a failed attempt has left behind
 */
export async function retryAfter<T>(
  states: readonly string[],
  work: (attempt: number) => Promise<T>,
  undo?: () => unknown,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!hasState(error, ...states)) throw error;
      if (attempt === MAX_ATTEMPTS) throw busy(error);
      await undo?.();
      // Whoever was in the way is let past, or the two of them meet again.
      if (hasState(error, DEADLOCK_DETECTED)) await sleep(Math.random() * MAX_PAUSE_MS);
    }
  }
}

function busy(cause: unknown): AppError {
  const message = "Others kept changing what this request was about to change; try again";
  return new AppError("database_busy", message, { cause, retryAfterSeconds: 1 });
}

// PostgreSQL's errors by name (appendix A of its manual), and trying again after those that pass.

export const FOREIGN_KEY_VIOLATION = "23503";
export const UNIQUE_VIOLATION = "23505";
export const SERIALIZATION_FAILURE = "40001";
export const DEADLOCK_DETECTED = "40P01";
export const LOCK_NOT_AVAILABLE = "55P03";

const MAX_ATTEMPTS = 5;

export function hasState(error: unknown, ...states: readonly string[]): boolean {
  return states.includes((error as { code?: string }).code ?? "");
}

/**
 * Runs `work` until it does not fail by one of these, five times at most.
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
      if (!hasState(error, ...states) || attempt === MAX_ATTEMPTS) throw error;
      await undo?.();
    }
  }
}

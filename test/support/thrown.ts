import { AppError } from "../../src/contract/errors.ts";

/** The AppError that `work` throws; a test that expects one fails when there is none. */
export function thrownBy(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown");
}

export async function rejectionOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => new Error("Nothing was thrown"),
    (error: unknown) => error,
  );
  if (outcome instanceof AppError) return outcome;
  throw outcome;
}

/** Calls that wait for each other: at most `most` run at once, in the order in which they came. */
export function createTurns(most: number): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (call) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await call();
    } finally {
      // The turn goes to the next in line, or back.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}

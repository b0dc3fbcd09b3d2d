// What one person likes on one machine: kept in localStorage, never in the URL.
import { useCallback, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** Like useState, remembered under `name`; `read` returns undefined for what is not valid any more. */
export function usePreference<T extends string | number>(
  name: string,
  fallback: T,
  read: (text: string) => T | undefined,
): [T, (value: T) => void] {
  const key = `tunix-rt.${name}`;
  const text = useSyncExternalStore(subscribe, () => readItem(key));
  const value = text === null ? fallback : (read(text) ?? fallback);
  const set = useCallback(
    (next: T) => {
      writeItem(key, String(next));
      for (const listener of listeners) listener();
    },
    [key],
  );
  return [value, set];
}

export const oneOf =
  <T extends string>(...values: T[]) =>
  (text: string): T | undefined =>
    values.find((value) => value === text);

export const between = (min: number, max: number) => (text: string) => {
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
};

/** Storage may be forbidden; then a preference lasts as long as the page. */
const memory = new Map<string, string>();

function readItem(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

function writeItem(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    memory.set(key, value);
  }
}

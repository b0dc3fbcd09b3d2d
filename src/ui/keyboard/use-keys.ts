import { useEffect, useRef } from "react";

/** A function that returns false leaves the key to others as well: the first of two that belong together. */
export type KeyMap = Record<string, (event: KeyboardEvent) => unknown>;

/**
 * Single keys that work anywhere on the page but where somebody types or a dialog is open. Names are those of
 * `KeyboardEvent.key`; "Ctrl+f" stands for Command on a Mac as well. AltGr, which types characters, never counts.
 * `isFirst` asks before all who have not said so.
 */
export function useKeys(keys: KeyMap, { isFirst = false } = {}): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.getModifierState("AltGraph")) return;
      const isCommand = event.ctrlKey || event.metaKey;
      const handle = latest.current[isCommand ? `Ctrl+${event.key.toLowerCase()}` : event.key];
      if (handle === undefined || (isTyping(event.target) && !isCommand)) return;
      if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return;
      if (handle(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", onKey, isFirst);
    return () => window.removeEventListener("keydown", onKey, isFirst);
  }, [isFirst]);
}

function isTyping(target: EventTarget | null): boolean {
  const fields = "input:not([type=checkbox], [type=radio]), textarea, select, [data-takes-keys]";
  return target instanceof HTMLElement && target.closest(fields) !== null;
}

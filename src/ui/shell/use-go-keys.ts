import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useKeys } from "../keyboard/use-keys.ts";

/** After `g`, the second key must come within this time. */
const PAUSE_MS = 1_000;

/** `g o`, `g t`, `g r`, `g a`, `g s`: to the pages of the header. */
export function useGoKeys(): void {
  const navigate = useNavigate();
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  const go = (to: "/" | "/traces" | "/runs" | "/add" | "/status") => (event: KeyboardEvent) => {
    if (event.timeStamp - pressedAt.current > PAUSE_MS) return false;
    pressedAt.current = Number.NEGATIVE_INFINITY;
    return navigate({ to });
  };
  useKeys(
    {
      g: (event) => {
        pressedAt.current = event.timeStamp;
        return false;
      },
      o: go("/"),
      h: go("/"),
      t: go("/traces"),
      r: go("/runs"),
      a: go("/add"),
      s: go("/status"),
    },
    // After "g", a key is not what it is to the page.
    { isFirst: true },
  );
}

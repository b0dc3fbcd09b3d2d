import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useKeys } from "../keyboard/use-keys.ts";

/** After `g`, the second key must come within this time. */
const PAUSE_MS = 1_000;

/** `g o`, `g t`, `g a`, `g s`: to the pages of the header. */
export function useGoKeys(): void {
  const navigate = useNavigate();
  const pressedAt = useRef(Number.NEGATIVE_INFINITY);
  const go = (to: "/" | "/traces" | "/add" | "/status") => (event: KeyboardEvent) => {
    if (event.timeStamp - pressedAt.current < PAUSE_MS) navigate({ to });
    pressedAt.current = Number.NEGATIVE_INFINITY;
  };
  useKeys({
    g: (event) => {
      pressedAt.current = event.timeStamp;
      return false;
    },
    o: go("/"),
    h: go("/"),
    t: go("/traces"),
    a: go("/add"),
    s: go("/status"),
  });
}

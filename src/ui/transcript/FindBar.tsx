// Finds within a trace. The browser's own find can't see rows that are not there.
import { ActionIcon, TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Icon } from "../icons/Icon.tsx";
import { formatCount } from "../text/figures.ts";
import classes from "./FindBar.module.css";
import { MAX_HITS } from "./find-hits.ts";

interface FindBarProps {
  words: string;
  onWords(words: string): void;
  count: number;
  /** Which hit is the one now, from 0. */
  now: number;
  onMove(by: 1 | -1): void;
  onClose(): void;
}

export function FindBar({ words, onWords, count, now, onMove, onClose }: FindBarProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") onMove(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") onClose();
  };
  const total = count === MAX_HITS ? `${formatCount(count)}+` : formatCount(count);
  return (
    <search className={classes.bar}>
      <TextInput
        ref={input}
        autoFocus
        aria-label="Find in this trace"
        placeholder="Find in this trace"
        value={words}
        onChange={(event) => onWords(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <output className={classes.count}>
        {words === "" ? "" : count === 0 ? "none" : `${formatCount(now + 1)} of ${total}`}
      </output>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Hit before"
        disabled={count === 0}
        onClick={() => onMove(-1)}
      >
        <Icon name="up" />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Next hit"
        disabled={count === 0}
        onClick={() => onMove(1)}
      >
        <Icon name="down" />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label="Close the find bar" onClick={onClose}>
        <Icon name="close" />
      </ActionIcon>
    </search>
  );
}

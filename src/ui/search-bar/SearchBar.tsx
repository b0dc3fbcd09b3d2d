// One line that says which traces are meant; what it can't read it says at once.
import { TextInput } from "@mantine/core";
import { type Ref, useEffect, useState } from "react";
import { Icon } from "../icons/Icon.tsx";
import { parseQuery } from "./parse-query.ts";
import classes from "./SearchBar.module.css";

interface SearchBarProps {
  query: string;
  /** Called when somebody has finished: with Enter, or by leaving the bar. */
  onQuery(query: string): void;
  ref?: Ref<HTMLInputElement>;
}

export function SearchBar({ query, onQuery, ref }: SearchBarProps) {
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  const { problems } = parseQuery(text);
  const submit = () => {
    if (text.trim() !== query) onQuery(text.trim());
  };
  return (
    <form
      className={classes.bar}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        ref={ref ?? null}
        aria-label="Filter traces"
        placeholder='source:gsm8k  tag:math  steps:>10  -model:x  "carry the one"'
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={submit}
        leftSection={<Icon name="search" size={14} />}
        error={problems.length > 0}
        spellCheck={false}
        autoComplete="off"
      />
      {problems.length > 0 && (
        <div role="alert">
          <ul className={classes.problems}>
            {problems.map(({ from, message }) => (
              <li key={from}>{message}</li>
            ))}
          </ul>
        </div>
      )}
    </form>
  );
}

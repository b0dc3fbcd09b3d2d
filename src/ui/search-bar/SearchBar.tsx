// One line that says which traces are meant; what it can't read it says at once, and what could follow it offers.
import { Combobox, TextInput, useCombobox } from "@mantine/core";
import { type Ref, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "../icons/Icon.tsx";
import { complete, completingAt } from "./completion.ts";
import { parseQuery } from "./parse-query.ts";
import classes from "./SearchBar.module.css";
import { useCompletions } from "./use-completions.ts";

interface SearchBarProps {
  query: string;
  /** The server can't read the query, though nothing is wrong with it here. */
  isRefused?: boolean;
  /** Called when somebody has finished: with Enter, or by leaving the bar. */
  onQuery(query: string): void;
  ref?: Ref<HTMLInputElement>;
}

export function SearchBar({ query, isRefused = false, onQuery, ref }: SearchBarProps) {
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  const [caret, setCaret] = useState(0);
  /** Where the caret goes once a completed text is shown. */
  const nextCaret = useRef<number>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const place = completingAt(text, caret);
  const { options, isLoading } = useCompletions(combobox.dropdownOpened ? place : undefined, text);
  // A key whose value is about to be written is not wrong yet.
  const isBeingWritten = (from: number) =>
    combobox.dropdownOpened && from === place?.from && place.prefix === "";
  const problems = parseQuery(text).problems.filter(({ from }) => !isBeingWritten(from));

  useLayoutEffect(() => {
    if (nextCaret.current === undefined) return;
    input.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = undefined;
  });
  const submit = () => {
    combobox.closeDropdown();
    if (text.trim() !== query) onQuery(text.trim());
  };
  const choose = (chosen: string) => {
    const option = options.find((one) => one.text === chosen);
    if (option === undefined || place === undefined) return;
    const completed = complete(text, place, option);
    setText(completed.text);
    setCaret(completed.caret);
    nextCaret.current = completed.caret;
    combobox.resetSelectedOption();
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
      <Combobox store={combobox} onOptionSubmit={choose} middlewares={{ shift: true, flip: false }}>
        <Combobox.Target withExpandedAttribute autoComplete="off">
          <TextInput
            ref={(element) => {
              input.current = element;
              if (typeof ref === "function") ref(element);
              else if (ref) ref.current = element;
            }}
            aria-label="Filter traces"
            aria-autocomplete="list"
            placeholder='source:gsm8k  tag:math  steps:>10  -model:x  "carry the one"'
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
              combobox.openDropdown();
              combobox.resetSelectedOption();
            }}
            onClick={() => combobox.openDropdown()}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onBlur={submit}
            leftSection={<Icon name="search" size={14} />}
            error={problems.length > 0 || (isRefused && text === query)}
            spellCheck={false}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={options.length === 0}>
          <Combobox.Options className={classes.options} aria-label="Completions" aria-busy={isLoading}>
            {options.map(({ text: value, label, hint }) => (
              <Combobox.Option key={value} value={value} className={classes.option ?? ""}>
                <span className={classes.label}>{label}</span>
                <span className={classes.hint}>{hint}</span>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
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

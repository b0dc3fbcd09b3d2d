import { TextInput, type TextInputProps } from "@mantine/core";
import { useEffect, useState } from "react";

interface CommitInputProps extends Omit<TextInputProps, "value" | "onChange"> {
  value: string;
  /** Whether a text can count; unless said, any can. */
  accepts?(text: string): boolean;
  onCommit(value: string): void;
}

/** A field whose text counts once it is entered or left. */
export function CommitInput({ value, accepts = () => true, onCommit, ...props }: CommitInputProps) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const text = draft.trim();
  const isAccepted = accepts(text);
  const commit = () => isAccepted && text !== value && onCommit(text);
  return (
    <TextInput
      {...props}
      value={draft}
      error={!isAccepted}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => (isAccepted ? commit() : setDraft(value))}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setDraft(value);
      }}
    />
  );
}

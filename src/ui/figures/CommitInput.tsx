import { TextInput, type TextInputProps } from "@mantine/core";
import { useEffect, useState } from "react";

interface CommitInputProps extends Omit<TextInputProps, "value" | "onChange"> {
  value: string;
  onCommit(value: string): void;
}

/** A field whose text counts once it is entered or left. */
export function CommitInput({ value, onCommit, ...props }: CommitInputProps) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const commit = () => draft.trim() !== value && onCommit(draft.trim());
  return (
    <TextInput
      {...props}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setDraft(value);
      }}
    />
  );
}

import { Autocomplete } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { runsList } from "../../api/runs.ts";
import { CommitInput } from "../../figures/CommitInput.tsx";
import classes from "./RunComparisonPage.module.css";

interface SideFieldsProps {
  side: "base" | "other";
  run: string | undefined;
  step: string | undefined;
  onChange(run: string | undefined, step: string | undefined): void;
}

/** One side of the comparison: a run, and a training step where only that is meant. */
export function SideFields({ side, run = "", step = "", onChange }: SideFieldsProps) {
  const runs = useInfiniteQuery(runsList({}));
  const names = runs.data?.pages.flatMap(({ data }) => data.map(({ name }) => name)) ?? [];
  const [draft, setDraft] = useState(run);
  useEffect(() => setDraft(run), [run]);
  const commit = (name: string) => name !== run && onChange(name || undefined, undefined);
  return (
    <span className={classes.side} data-side={side}>
      <Autocomplete
        size="xs"
        aria-label={side === "base" ? "Base run" : "Other run"}
        placeholder={side === "base" ? "base run" : "other run"}
        w={190}
        data={names}
        value={draft}
        onChange={setDraft}
        onOptionSubmit={commit}
        onBlur={() => commit(draft.trim())}
        onKeyDown={(event) => event.key === "Enter" && commit(draft.trim())}
      />
      <CommitInput
        aria-label={side === "base" ? "Step of the base" : "Step of the other"}
        placeholder="all steps"
        w={76}
        inputMode="numeric"
        value={step}
        onCommit={(text) => onChange(run || undefined, text || undefined)}
      />
    </span>
  );
}

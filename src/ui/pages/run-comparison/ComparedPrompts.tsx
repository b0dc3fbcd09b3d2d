import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ComparedPrompt, CompareRunsQuery, RunComparison } from "../../../contract/run-comparison.ts";
import { type RunSearch, splitToAddress } from "../../addresses/run-search.ts";
import { formatChange, formatFigure } from "../../figures/format-figure.ts";
import { Notice } from "../../notices/Notice.tsx";
import { formatPlural } from "../../text/figures.ts";
import { type VirtualColumn, VirtualTable } from "../../virtual-table/VirtualTable.tsx";
import classes from "./ComparedPrompts.module.css";

interface ComparedPromptsProps {
  query: CompareRunsQuery;
  comparison: RunComparison;
  prompts: readonly ComparedPrompt[];
  onMore: (() => void) | undefined;
}

export function ComparedPrompts({ query, comparison, prompts, onMore }: ComparedPromptsProps) {
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(query), [query]);
  const { show = "both" } = query;
  if (prompts.length === 0) {
    const where = { both: "in both", base: "in the base alone", other: "in the other alone" }[show];
    return <Notice title="No prompts" detail={`There is no prompt with a valid score ${where}.`} />;
  }
  return (
    <VirtualTable
      label="Prompts"
      columns={columns}
      rows={prompts}
      count={
        { both: comparison.prompts, base: comparison.only_in_base, other: comparison.only_in_other }[show]
      }
      keyOf={({ group }) => group}
      widths={classes.widths}
      current={-1}
      onChoose={(prompt) => {
        const side = prompt.other === null ? "base" : "other";
        navigate({ to: "/runs/$run", params: { run: query[side] }, search: placeOf(prompt, side, query) });
      }}
      onMore={onMore}
    />
  );
}

/** Where the run page shows the prompt on one side: at the last step that has scored it. */
function placeOf(
  { group, ...prompt }: ComparedPrompt,
  side: "base" | "other",
  query: CompareRunsQuery,
): RunSearch {
  const place = prompt[side];
  return {
    group,
    score: query.score === "reward" ? undefined : query.score,
    split: splitToAddress(place?.split ?? null),
    ...(place?.train_step != null && { step: String(place.train_step) }),
  };
}

function columnsOf(query: CompareRunsQuery): VirtualColumn<ComparedPrompt>[] {
  const sideColumn = (side: "base" | "other"): VirtualColumn<ComparedPrompt> => ({
    name: side,
    title: side === "base" ? "Base" : "Other",
    isNumber: true,
    cell: (prompt) => {
      const mean = prompt[side];
      return mean === null ? (
        "–"
      ) : (
        <Link
          to="/runs/$run"
          params={{ run: query[side] }}
          search={placeOf(prompt, side, query)}
          title={`${formatPlural(mean.valid, "rollout")} with a valid score; opens its group at step ${mean.train_step ?? "none"}`}
        >
          {formatFigure(mean.mean)}
        </Link>
      );
    },
  });
  return [
    {
      name: "prompt",
      title: "Prompt",
      cell: ({ prompt_excerpt }) => <span className={classes.prompt}>{prompt_excerpt}</span>,
    },
    {
      name: "group",
      title: "Prompt key",
      from: "medium",
      cell: ({ group }) => <span title={group}>{group}</span>,
    },
    sideColumn("base"),
    sideColumn("other"),
    {
      name: "difference",
      title: "Difference",
      isNumber: true,
      cell: ({ difference }) => (
        <span className={classes.difference} data-sign={signOf(difference)}>
          {formatChange(difference)}
        </span>
      ),
    },
    {
      name: "bar",
      title: <span className="unseen">Difference, drawn</span>,
      from: "small",
      cell: ({ difference }) => difference !== null && <DifferenceBar difference={difference} />,
    },
  ];
}

const signOf = (difference: number | null) =>
  difference === null || difference === 0 ? undefined : difference > 0 ? "up" : "down";

/** From the middle to the right for a gain, to the left for a loss; a difference of 1 fills its half. */
function DifferenceBar({ difference }: { difference: number }) {
  const width = `${Math.min(1, Math.abs(difference)) * 50}%`;
  return (
    <span className={classes.bar} aria-hidden="true">
      <span
        data-sign={signOf(difference)}
        style={difference < 0 ? { right: "50%", width } : { left: "50%", width }}
      />
    </span>
  );
}

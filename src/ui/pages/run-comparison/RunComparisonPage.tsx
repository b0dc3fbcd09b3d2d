// Two runs, or two steps of one, prompt by prompt.
import { Button, SegmentedControl, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import type { CompareRunsQuery, ComparisonSort } from "../../../contract/run-comparison.ts";
import type { RunComparisonSearch } from "../../addresses/run-comparison-search.ts";
import { splitFromAddress } from "../../addresses/run-search.ts";
import { runComparison } from "../../api/runs.ts";
import { ScoreSelect } from "../../figures/ScoreSelect.tsx";
import { useScore } from "../../figures/use-score.ts";
import { Icon } from "../../icons/Icon.tsx";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { Notice } from "../../notices/Notice.tsx";
import { ComparedPrompts } from "./ComparedPrompts.tsx";
import classes from "./RunComparisonPage.module.css";
import { SideFields } from "./SideFields.tsx";
import { Verdict } from "./Verdict.tsx";

const route = getRouteApi("/runs/compare");

const sorts: { value: ComparisonSort; label: string }[] = [
  { value: "changes", label: "Biggest change first" },
  { value: "losses", label: "Losses first" },
  { value: "gains", label: "Gains first" },
];

export function RunComparisonPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { base, other, sort = "changes", show = "both" } = search;
  const score = useScore(base, search.score);
  const change = (changes: RunComparisonSearch) => navigate({ search: (now) => ({ ...now, ...changes }) });
  const swap = () =>
    change({ base: other, other: base, base_step: search.other_step, other_step: search.base_step });
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <h1>Compare runs</h1>
        <div className={classes.sides}>
          <SideFields
            side="base"
            run={base}
            step={search.base_step}
            onChange={(run, step) => change({ base: run, base_step: step })}
          />
          <Button onClick={swap} aria-label="Swap base and other" disabled={!base && !other}>
            <Icon name="swap" size={14} />
          </Button>
          <SideFields
            side="other"
            run={other}
            step={search.other_step}
            onChange={(run, step) => change({ other: run, other_step: step })}
          />
        </div>
        {base !== undefined && other !== undefined && (
          <div className={classes.tools}>
            {search.split !== undefined && (
              <Button
                onClick={() => change({ split: undefined })}
                rightSection={<Icon name="close" size={12} />}
                aria-label="Compare all splits"
              >
                {splitFromAddress(search.split) ?? "no split"}
              </Button>
            )}
            <ScoreSelect run={base} score={score} onScore={(name) => change({ score: name })} />
            <SegmentedControl
              size="xs"
              aria-label="Which prompts"
              data={[
                { value: "both", label: "In both" },
                { value: "base", label: "Only in base" },
                { value: "other", label: "Only in other" },
              ]}
              value={show}
              onChange={(next) => change({ show: next === "both" ? undefined : next })}
            />
            <Select
              aria-label="Order of the prompts"
              w={170}
              data={sorts}
              value={sort as ComparisonSort}
              allowDeselect={false}
              onChange={(next) => next !== null && change({ sort: next === "changes" ? undefined : next })}
            />
          </div>
        )}
      </header>
      {base === undefined || other === undefined ? (
        <Notice
          title="Choose two runs"
          detail="Or one run twice, with a training step for each side. Prompts are the same where their prompt_key is."
        />
      ) : (
        <Comparison query={toQuery(base, other, search)} />
      )}
    </div>
  );
}

function toQuery(base: string, other: string, search: RunComparisonSearch): CompareRunsQuery {
  const { base_step, other_step, score = "reward", split, sort = "changes", show = "both" } = search;
  return {
    base,
    other,
    score,
    sort: sort as ComparisonSort,
    show: show as NonNullable<CompareRunsQuery["show"]>,
    ...(base_step !== undefined && { base_step: Number(base_step) }),
    ...(other_step !== undefined && { other_step: Number(other_step) }),
    ...(split !== undefined && { split: splitFromAddress(split) ?? "" }),
  };
}

function Comparison({ query }: { query: CompareRunsQuery }) {
  const list = useInfiniteQuery(runComparison(query));
  const prompts = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data]);
  const comparison = list.data?.pages[0];
  if (list.isError && comparison === undefined)
    return (
      <ErrorNotice title="The runs could not be compared" error={list.error} onRetry={() => list.refetch()} />
    );
  if (comparison === undefined) return <p className={classes.wait}>Comparing …</p>;
  return (
    <>
      <Verdict comparison={comparison} />
      <ComparedPrompts
        // Another question begins at its top.
        key={JSON.stringify(query)}
        query={query}
        comparison={comparison}
        prompts={prompts}
        onMore={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
      />
    </>
  );
}

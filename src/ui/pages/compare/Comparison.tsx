import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { comparedTraces } from "../../api/compare.ts";
import { traceScores } from "../../api/traces.ts";
import { useKeys } from "../../keyboard/use-keys.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { oneOf, usePreference } from "../../preferences/use-preference.ts";
import { useMarkdown } from "../../text/use-markdown.ts";
import { CompareHead } from "./CompareHead.tsx";
import { CompareRows, type CompareRowsHandle } from "./CompareRows.tsx";
import { CompareTools } from "./CompareTools.tsx";
import classes from "./Comparison.module.css";
import { compareFacts } from "./facts.ts";
import { toPairs } from "./pairs.ts";
import { toRows } from "./rows.ts";

const route = getRouteApi("/compare");
const NONE: ReadonlySet<string> = new Set();

export function Comparison({ base, other }: { base: string; other: string }) {
  const { texts, equal } = route.useSearch();
  const navigate = route.useNavigate();
  const compared = useQuery(comparedTraces(base, other));
  const baseScores = useQuery(traceScores(base));
  const otherScores = useQuery(traceScores(other));
  const [unfolded, setUnfolded] = useState(NONE);
  const unfold = useCallback((key: string) => setUnfolded((keys) => toggled(keys, key)), []);
  const [mode, setMode] = usePreference("text-mode", "markdown", oneOf("markdown", "plain"));
  const { render, isLoading } = useMarkdown();
  const handle = useRef<CompareRowsHandle>(null);
  const { data } = compared;
  const pairs = useMemo(() => (data ? toPairs(data) : []), [data]);
  const isHidingEqual = equal === "hidden";
  const rows = useMemo(() => toRows(pairs, { unfolded, isHidingEqual }), [pairs, unfolded, isHidingEqual]);
  const facts = useMemo(
    () =>
      data &&
      compareFacts(data.base, data.other, {
        base: baseScores.data?.data ?? [],
        other: otherScores.data?.data ?? [],
      }),
    [data, baseScores.data, otherScores.data],
  );
  const hasWords = texts !== "whole";
  const set = (changes: { texts?: string | undefined; equal?: string | undefined }) =>
    navigate({ search: (now) => ({ ...now, ...changes }), replace: true });
  const toggleWords = () => set({ texts: hasWords ? "whole" : undefined });
  const toggleEqual = () => set({ equal: isHidingEqual ? undefined : "hidden" });
  const toggleMode = () => setMode(mode === "plain" ? "markdown" : "plain");
  const swap = () => navigate({ search: (now) => ({ ...now, base: other, other: base }), replace: true });
  const move = (by: 1 | -1) => handle.current?.showDifference(by);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    w: toggleWords,
    e: toggleEqual,
    m: toggleMode,
    s: swap,
  });

  if (compared.isError)
    return (
      <ErrorNotice
        title="The traces could not be compared"
        error={compared.error}
        onRetry={() => compared.refetch()}
      />
    );
  // Prose that appears before its renderer would jump.
  if (data === undefined || facts === undefined || isLoading)
    return <p className={classes.wait}>Comparing the traces …</p>;
  return (
    <div className={classes.page}>
      <h1 className="unseen">Two traces compared</h1>
      <CompareTools
        pairs={pairs}
        isCoarse={data.is_coarse}
        hasWords={hasWords}
        onWords={toggleWords}
        isHidingEqual={isHidingEqual}
        onHideEqual={toggleEqual}
        isPlain={mode === "plain"}
        onPlain={toggleMode}
        onSwap={swap}
        onMove={move}
      />
      <CompareHead base={data.base} other={data.other} />
      <CompareRows
        // A list that shrinks under its place in it would keep that place, and go there when it grows again.
        key={equal}
        rows={rows}
        facts={facts}
        hasWords={hasWords}
        render={mode === "plain" ? undefined : render}
        unfolded={unfolded}
        onUnfold={unfold}
        handle={handle}
      />
    </div>
  );
}

function toggled(keys: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

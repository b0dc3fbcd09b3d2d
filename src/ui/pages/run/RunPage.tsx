// A run from inside: the curve, a step of it, the step's groups, a group's samples.
import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { CurvePoint } from "../../../contract/curve.ts";
import type { GroupSort } from "../../../contract/groups.ts";
import { type RunSearch, splitFromAddress, thresholdFromAddress } from "../../addresses/run-search.ts";
import { changeRun, runCurve, runRead } from "../../api/runs.ts";
import { useScore } from "../../figures/use-score.ts";
import { useKeys } from "../../keyboard/use-keys.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { Notice } from "../../notices/Notice.tsx";
import { Curve } from "./Curve.tsx";
import { CurveTable } from "./CurveTable.tsx";
import { curvePanels, type StepPoint, stepBy } from "./curve-panels.ts";
import { GroupPanel } from "./GroupPanel.tsx";
import { Groups } from "./Groups.tsx";
import { RunHeader } from "./RunHeader.tsx";
import classes from "./RunPage.module.css";
import { StepBar } from "./StepBar.tsx";

const route = getRouteApi("/runs/$run");
const DEFAULT_KS = "1,4,16";

export function RunPage() {
  const { run: name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { k = DEFAULT_KS, view, group, sort = "mixed" } = search;
  const score = useScore(name, search.score);
  const threshold = thresholdFromAddress(search.threshold);
  const run = useQuery(runRead(name));
  const curve = useQuery({
    ...runCurve(name, { score, threshold, k }),
    enabled: !run.isError && run.data?.hidden !== true,
  });

  const change = useCallback(
    (changes: RunSearch, replace = false) => navigate({ search: (now) => ({ ...now, ...changes }), replace }),
    [navigate],
  );
  const points = curve.data?.data;
  const splits = useMemo(() => [...new Set(points?.map(({ split }) => split))], [points]);
  const split =
    search.split !== undefined
      ? splitFromAddress(search.split)
      : splits.includes("train")
        ? "train"
        : (splits[0] ?? null);
  const ofSplit = useMemo(() => (points ?? []).filter((point) => point.split === split), [points, split]);
  const stepPoints = useMemo(() => ofSplit.filter(hasStep), [ofSplit]);
  const step = search.step !== undefined ? Number(search.step) : stepPoints.at(-1)?.train_step;
  const panels = useMemo(() => curvePanels(score, k.split(",").map(Number)), [score, k]);
  // Steps are gone through quickly: each would be an entry in the history.
  const chooseStep = useCallback(
    (next: number) =>
      change({ step: String(next), group: undefined, sample: undefined, find: undefined }, true),
    [change],
  );
  const moveStep = (by: 1 | -1) => {
    const next = stepBy(stepPoints, step, by);
    if (next !== undefined) chooseStep(next);
  };
  useKeys({
    "[": () => moveStep(-1),
    "]": () => moveStep(1),
    Escape: () => change({ group: undefined, sample: undefined, find: undefined }),
  });

  if (run.isError)
    return <ErrorNotice title="The run could not be read" error={run.error} onRetry={() => run.refetch()} />;
  const question = { score, threshold, split, step };
  const point = ofSplit.find(({ train_step }) => train_step === (step ?? null));
  return (
    <div className={classes.page}>
      <RunHeader
        name={name}
        run={run.data}
        splits={splits}
        split={split}
        settings={{ score, threshold: String(threshold), k }}
        isTable={view === "table"}
        onChange={change}
      />
      {run.data?.hidden ? (
        <HiddenRun name={name} />
      ) : curve.isError && points === undefined ? (
        <ErrorNotice
          title="The figures could not be read"
          error={curve.error}
          onRetry={() => curve.refetch()}
        />
      ) : points === undefined ? (
        <p className={classes.wait}>Working out the figures …</p>
      ) : ofSplit.length === 0 ? (
        <Notice title="Nothing here" detail="This run has no rollouts in this split." />
      ) : (
        <>
          {stepPoints.length > 0 &&
            (view === "table" ? (
              <CurveTable panels={panels} points={stepPoints} step={step} onStep={chooseStep} />
            ) : (
              <Curve panels={panels} points={stepPoints} step={step} onStep={chooseStep} />
            ))}
          <StepBar
            run={name}
            question={question}
            point={point}
            before={stepBy(stepPoints, step, -1)}
            sort={sort as GroupSort}
            onSort={(next) => change({ sort: next === "mixed" ? undefined : next })}
            onMove={moveStep}
          />
          <div className={classes.columns} data-open={group !== undefined}>
            <Groups
              key={JSON.stringify([question, sort])}
              run={name}
              question={question}
              sort={sort as GroupSort}
              chosen={group}
              onChoose={(key) =>
                change({ group: key, sample: undefined, find: undefined }, group !== undefined)
              }
            />
            {group !== undefined && (
              <GroupPanel
                // Of another group, another list of samples.
                key={JSON.stringify([question, group])}
                run={name}
                question={question}
                group={group}
                sample={search.sample}
                find={search.find}
                onChange={(changes) => change(changes, true)}
              />
            )}
          </div>
        </>
      )}
    </div>
  );
}

const hasStep = (point: CurvePoint): point is StepPoint => point.train_step !== null;

function HiddenRun({ name }: { name: string }) {
  const queryClient = useQueryClient();
  const showing = useMutation({
    mutationFn: () => changeRun(name, { hidden: false }),
    onSettled: () => queryClient.invalidateQueries(),
  });
  return (
    <Notice title="This run is hidden" detail="Its traces are left out of every answer, and of all figures.">
      <Button onClick={() => showing.mutate()}>Show it again</Button>
    </Notice>
  );
}

// The samples of one prompt at one step, one of them to read, and the prompt's way through the run.
import { ActionIcon } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { RunSearch } from "../../addresses/run-search.ts";
import { samplesList } from "../../api/runs.ts";
import { traceRead } from "../../api/traces.ts";
import { Icon } from "../../icons/Icon.tsx";
import { useKeys } from "../../keyboard/use-keys.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { Notice } from "../../notices/Notice.tsx";
import classes from "./GroupPanel.module.css";
import { PromptSteps } from "./PromptSteps.tsx";
import { SampleList } from "./SampleList.tsx";
import { SampleReader } from "./SampleReader.tsx";
import { type StepQuestion, toParameters } from "./step-question.ts";

interface GroupPanelProps {
  run: string;
  question: StepQuestion;
  group: string;
  sample: string | undefined;
  find: string | undefined;
  onChange(changes: RunSearch): void;
}

export function GroupPanel({ run, question, group, sample, find, onChange }: GroupPanelProps) {
  const { step, threshold } = question;
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const list = useInfiniteQuery(samplesList(run, { group, ...toParameters(question) }));
  const samples = list.data?.pages.flatMap(({ data }) => data) ?? [];
  const steps = list.data?.pages[0]?.steps ?? [];
  const id = sample ?? samples[0]?.id;
  const at = samples.findIndex((one) => one.id === id);
  const choose = (next: string) => onChange({ sample: next });
  const move = (by: 1 | -1) => {
    const next = samples[at + by];
    if (next !== undefined) choose(next.id);
    else if (by === 1 && list.hasNextPage) list.fetchNextPage();
  };
  const chooseStep = (next: number) => onChange({ step: String(next), sample: undefined, find: undefined });
  const moveStep = (by: 1 | -1) => {
    const place = steps.findIndex(({ train_step }) => train_step === step);
    const next = steps[place + by];
    if (place !== -1 && next !== undefined) chooseStep(next.train_step);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    h: () => moveStep(-1),
    l: () => moveStep(1),
    Enter: () => id !== undefined && navigate({ to: "/traces/$id", params: { id } }),
  });
  // The one that j leads to is there before it is asked for.
  const following = samples[at + 1]?.id;
  useEffect(() => {
    if (following !== undefined) queryClient.prefetchQuery(traceRead(following));
  }, [queryClient, following]);

  return (
    <aside className={classes.panel} aria-label="Group">
      <header className={classes.header}>
        <p className={classes.title} title={group}>
          <strong>{group}</strong>
        </p>
        {steps.length > 1 && <PromptSteps steps={steps} step={step} onStep={chooseStep} />}
        {id !== undefined && (
          <ActionIcon
            component={Link}
            to={`/traces/${id}`}
            variant="subtle"
            color="gray"
            aria-label="Open the trace"
          >
            <Icon name="open" />
          </ActionIcon>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Close the group"
          onClick={() => onChange({ group: undefined, sample: undefined, find: undefined })}
        >
          <Icon name="close" />
        </ActionIcon>
      </header>
      {list.isError && samples.length === 0 ? (
        <ErrorNotice
          title="The samples could not be listed"
          error={list.error}
          onRetry={() => list.refetch()}
        />
      ) : list.isPending ? (
        <p className={classes.wait}>Reading the samples …</p>
      ) : samples.length === 0 ? (
        <Notice title="No samples" detail="This prompt was not sampled at this training step." />
      ) : (
        <div className={classes.columns}>
          <SampleList
            samples={samples}
            threshold={threshold}
            chosen={id}
            onChoose={choose}
            onMore={list.hasNextPage ? list.fetchNextPage : undefined}
          />
          {id !== undefined && (
            <SampleReader id={id} find={find} onFind={(words) => onChange({ find: words })} />
          )}
        </div>
      )}
    </aside>
  );
}

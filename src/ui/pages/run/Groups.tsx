import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { GroupSort } from "../../../contract/groups.ts";
import { groupsList } from "../../api/runs.ts";
import { useKeys } from "../../keyboard/use-keys.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { Notice } from "../../notices/Notice.tsx";
import { VirtualTable } from "../../virtual-table/VirtualTable.tsx";
import classes from "./Groups.module.css";
import { groupColumns } from "./group-columns.tsx";
import { type StepQuestion, toParameters } from "./step-question.ts";

interface GroupsProps {
  run: string;
  question: StepQuestion;
  sort: GroupSort;
  /** The group that is open. */
  chosen: string | undefined;
  onChoose(group: string): void;
}

export function Groups({ run, question, sort, chosen, onChoose }: GroupsProps) {
  const { threshold } = question;
  const list = useInfiniteQuery(groupsList(run, { ...toParameters(question), threshold, sort }));
  const groups = useMemo(() => list.data?.pages.flatMap(({ data }) => data) ?? [], [list.data]);
  const current = groups.findIndex(({ group }) => group === chosen);
  const move = (by: 1 | -1) => {
    const next = groups[Math.max(0, Math.min(current + by, groups.length - 1))];
    if (next !== undefined) onChoose(next.group);
  };
  useKeys({
    n: () => move(1),
    p: () => move(-1),
    ...(chosen === undefined && { j: () => move(1) }),
  });
  const columns = useMemo(() => {
    const scores = groups.flatMap(({ scores }) => scores.filter((score) => score !== null));
    const longest = Math.max(1, ...groups.map(({ tokens_p95 }) => tokens_p95 ?? 0));
    return groupColumns({ threshold, least: Math.min(0, ...scores), longest, onChoose });
  }, [groups, threshold, onChoose]);
  if (list.isError && groups.length === 0)
    return (
      <ErrorNotice title="The groups could not be listed" error={list.error} onRetry={() => list.refetch()} />
    );
  if (list.isPending) return <p className={classes.wait}>Reading the groups …</p>;
  if (groups.length === 0)
    return <Notice title="No groups here" detail="This run has sampled nothing at this training step." />;
  return (
    <VirtualTable
      label="Groups"
      columns={columns}
      rows={groups}
      count={list.data?.pages[0]?.groups}
      keyOf={({ group, split }) => `${split} ${group}`}
      widths={classes.widths}
      current={current}
      onChoose={({ group }) => onChoose(group)}
      onMore={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
    />
  );
}

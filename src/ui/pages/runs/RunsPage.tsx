// All runs, the newest first: look, choose two, put in order.
import { Button, Checkbox } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Run } from "../../../contract/runs.ts";
import { runsList } from "../../api/runs.ts";
import { Icon } from "../../icons/Icon.tsx";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { Notice } from "../../notices/Notice.tsx";
import { formatAge, formatCount, formatInstant, formatPlural } from "../../text/figures.ts";
import { type VirtualColumn, VirtualTable } from "../../virtual-table/VirtualTable.tsx";
import { RunDialogs, type RunTask } from "./RunDialogs.tsx";
import { RunMenu } from "./RunMenu.tsx";
import classes from "./RunsPage.module.css";

const route = getRouteApi("/runs");

export function RunsPage() {
  const { hidden } = route.useSearch();
  const navigate = route.useNavigate();
  const isAll = hidden === "any";
  const list = useInfiniteQuery(runsList(isAll ? { hidden: "any" } : {}));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [task, setTask] = useState<RunTask>();
  const runs = list.data?.pages.flatMap(({ data }) => data) ?? [];
  // Two at most: the one chosen before the last makes room.
  const choose = (name: string) =>
    setChosen((names) =>
      names.includes(name) ? names.filter((one) => one !== name) : [...names.slice(-1), name],
    );
  const [other, base] = runs.filter(({ name }) => chosen.includes(name)).map(({ name }) => name);
  const columns: VirtualColumn<Run>[] = [
    {
      name: "check",
      title: <span className="unseen">Chosen</span>,
      cell: ({ name, hidden }) => (
        <Checkbox
          size="xs"
          disabled={hidden}
          checked={chosen.includes(name)}
          onChange={() => choose(name)}
          aria-label={`Choose ${name} to compare`}
        />
      ),
    },
    ...figures,
    {
      name: "menu",
      title: <span className="unseen">Actions</span>,
      cell: (run) => <RunMenu run={run} onTask={setTask} />,
    },
  ];
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <h1>Runs</h1>
        <Checkbox
          size="xs"
          label="Hidden ones, too"
          checked={isAll}
          onChange={() => navigate({ search: isAll ? {} : { hidden: "any" }, replace: true })}
        />
        <div className={classes.actions}>
          {chosen.length === 1 && <span className={classes.hint}>Choose another one to compare with</span>}
          <Button
            disabled={other === undefined || base === undefined}
            onClick={() => navigate({ to: "/runs/compare", search: { base, other } })}
            leftSection={<Icon name="swap" size={14} />}
          >
            Compare
          </Button>
        </div>
      </header>
      {list.isError && runs.length === 0 ? (
        <ErrorNotice title="The runs could not be listed" error={list.error} onRetry={() => list.refetch()} />
      ) : list.isPending ? (
        <p className={classes.wait}>Reading the runs …</p>
      ) : runs.length === 0 ? (
        <NoRuns isAll={isAll} onAll={() => navigate({ search: { hidden: "any" } })} />
      ) : (
        <VirtualTable
          label="Runs"
          columns={columns}
          rows={runs}
          count={list.hasNextPage ? undefined : runs.length}
          keyOf={({ name }) => name}
          widths={classes.widths}
          current={-1}
          onChoose={({ name }) => navigate({ to: "/runs/$run", params: { run: name } })}
          onMore={list.hasNextPage && !list.isFetchingNextPage ? list.fetchNextPage : undefined}
        />
      )}
      <RunDialogs
        task={task}
        onClose={() => setTask(undefined)}
        onGone={(name) => setChosen((names) => names.filter((one) => one !== name))}
      />
    </div>
  );
}

function NoRuns({ isAll, onAll }: { isAll: boolean; onAll(): void }) {
  return (
    <Notice
      title="No runs yet"
      detail={
        <>
          A run begins with the first trace that names it. Open a folder of rollouts on the command line,{" "}
          <code>npx tunix-rt open rollouts/my-run</code>, or name a run when you <Link to="/add">add</Link> a
          file.
        </>
      }
    >
      <Link to="/add">Add rollouts</Link>
      {!isAll && <Button onClick={onAll}>Look among hidden runs</Button>}
    </Notice>
  );
}

const figures: readonly VirtualColumn<Run>[] = [
  {
    name: "name",
    title: "Run",
    cell: ({ name, hidden }) => (
      <>
        <Link to="/runs/$run" params={{ run: name }} className={classes.name}>
          {name}
        </Link>
        {hidden && <span className={classes.hidden}> hidden</span>}
      </>
    ),
  },
  { name: "traces", title: "Rollouts", isNumber: true, cell: ({ traces }) => formatCount(traces) },
  {
    name: "steps",
    title: "Training steps",
    isNumber: true,
    from: "small",
    cell: ({ train_steps: { count, min, max } }) =>
      count === 0 ? "none" : `${formatCount(count)} (${min} – ${max})`,
  },
  {
    name: "splits",
    title: "Splits",
    from: "medium",
    cell: ({ splits }) => splits.map((split) => split ?? "none").join(", "),
  },
  {
    name: "config",
    title: "Config",
    from: "wide",
    cell: ({ config }) => {
      const text = Object.entries(config)
        .map(([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
        .join(", ");
      return <span title={text}>{text}</span>;
    },
  },
  {
    name: "activity",
    title: "Last activity",
    isNumber: true,
    from: "small",
    cell: ({ last_activity, traces }) =>
      last_activity && (
        <time
          dateTime={last_activity}
          title={`${formatInstant(last_activity)}, ${formatPlural(traces, "rollout")}`}
        >
          {formatAge(last_activity, Date.now())}
        </time>
      ),
  },
];

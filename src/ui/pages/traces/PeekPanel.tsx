// A trace beside the list, which stays alive.
import { ActionIcon } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { traceRead, traceScores } from "../../api/traces.ts";
import { Icon } from "../../icons/Icon.tsx";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { between, usePreference } from "../../preferences/use-preference.ts";
import { TraceReader } from "../../transcript/TraceReader.tsx";
import classes from "./PeekPanel.module.css";

const MIN_PX = 320;
const MAX_PX = 1_400;
const KEY_PX = 40;

export function PeekPanel({ id, onClose }: { id: string; onClose(): void }) {
  const read = useQuery(traceRead(id));
  const scores = useQuery(traceScores(id));
  const [find, setFind] = useState<string>();
  const [width, setWidth] = usePreference("peek-width", 560, between(MIN_PX, MAX_PX));
  const resize = (px: number) => setWidth(Math.round(Math.min(MAX_PX, Math.max(MIN_PX, px))));
  const onPointerMove = (event: PointerEvent) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) resize(window.innerWidth - event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft") resize(width + KEY_PX);
    if (event.key === "ArrowRight") resize(width - KEY_PX);
  };
  return (
    <aside className={classes.panel} style={{ width }} aria-label="Trace">
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the panel"
        aria-valuenow={width}
        aria-valuemin={MIN_PX}
        aria-valuemax={MAX_PX}
        tabIndex={0}
        className={classes.handle}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      />
      <header className={classes.header}>
        <Link to="/traces/$id" params={{ id }} className={classes.title}>
          {read.data?.payload.prompt.slice(0, 200) ?? id}
        </Link>
        <ActionIcon
          component={Link}
          to={`/traces/${id}`}
          variant="subtle"
          color="gray"
          aria-label="Open the trace"
        >
          <Icon name="open" />
        </ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the panel" onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </header>
      <div className={classes.body}>
        {read.isError ? (
          <ErrorNotice
            title="The trace could not be read"
            error={read.error}
            onRetry={() => read.refetch()}
          />
        ) : (
          read.data && (
            <TraceReader
              key={id}
              trace={read.data.payload}
              scores={scores.data?.data ?? []}
              find={find}
              onFind={setFind}
              isPeek
            />
          )
        )}
      </div>
    </aside>
  );
}

// One trace, to read.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useLocation } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { traceRead, traceScores } from "../../api/traces.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { TraceReader } from "../../transcript/TraceReader.tsx";
import { AnswerStrip } from "./AnswerStrip.tsx";
import { Details } from "./Details.tsx";
import { TraceHeader } from "./TraceHeader.tsx";
import classes from "./TracePage.module.css";

const JsonView = lazy(() => import("./JsonView.tsx").then(({ JsonView }) => ({ default: JsonView })));
const route = getRouteApi("/traces/$id");

export function TracePage() {
  const { id } = route.useParams();
  const { find, view } = route.useSearch();
  const navigate = route.useNavigate();
  const hash = useLocation({ select: (location) => location.hash });
  const read = useQuery(traceRead(id));
  const scores = useQuery(traceScores(id));
  if (read.isPending) return <p className={classes.wait}>Reading the trace …</p>;
  if (read.isError) {
    return (
      <ErrorNotice title="The trace could not be read" error={read.error} onRetry={() => read.refetch()} />
    );
  }
  const { payload, created_at } = read.data;
  const isJson = view === "json";
  return (
    <div className={classes.page}>
      <TraceHeader
        id={id}
        trace={payload}
        isJson={isJson}
        onJson={(next) => navigate({ search: { ...(next && { view: "json" }) }, replace: true })}
      />
      <AnswerStrip trace={payload} />
      <div className={classes.columns}>
        <div className={classes.main}>
          {isJson ? (
            <Suspense fallback={<p className={classes.wait}>Loading the editor …</p>}>
              <JsonView id={id} />
            </Suspense>
          ) : (
            <TraceReader
              key={id}
              trace={payload}
              scores={scores.data?.data ?? []}
              find={find}
              onFind={(words) =>
                navigate({ search: words === undefined ? {} : { find: words }, replace: true, hash: true })
              }
              start={hash}
            />
          )}
        </div>
        <Details id={id} createdAt={created_at} trace={payload} scores={scores.data?.data} />
      </div>
    </div>
  );
}

// What is in the store, or in a part of it; every mark leads to its traces.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { TraceStats } from "../../../contract/stats.ts";
import { traceStats } from "../../api/traces.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { Notice } from "../../notices/Notice.tsx";
import { type FilterParameters, parseQuery } from "../../search-bar/parse-query.ts";
import { SearchBar } from "../../search-bar/SearchBar.tsx";
import { formatCount, formatEstimate, formatShare } from "../../text/figures.ts";
import { ColumnChart } from "./ColumnChart.tsx";
import { dayColumns, sizeColumns } from "./columns.ts";
import { EmptyStore } from "./EmptyStore.tsx";
import classes from "./OverviewPage.module.css";
import { ValueList } from "./ValueList.tsx";

const route = getRouteApi("/");

export function OverviewPage() {
  const { query = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const { parameters } = useMemo(() => parseQuery(query), [query]);
  const stats = useQuery(traceStats(parameters));
  if (stats.data?.traces === 0 && query === "") return <EmptyStore />;
  return (
    <div className={classes.page}>
      <h1 className="unseen">Overview</h1>
      <div className={classes.top}>
        <SearchBar
          query={query}
          onQuery={(text) => navigate({ search: text === "" ? {} : { query: text } })}
        />
      </div>
      <div className={classes.content} aria-busy={stats.isPending}>
        {stats.isPending ? (
          <Skeleton />
        ) : stats.isError ? (
          <ErrorNotice
            title="The traces could not be counted"
            error={stats.error}
            onRetry={() => stats.refetch()}
          />
        ) : stats.data.traces === 0 ? (
          <Notice title="No trace passes these filters">
            <Link to="/">Overview of all traces</Link>
          </Notice>
        ) : (
          <Figures stats={stats.data} query={query} parameters={parameters} />
        )}
      </div>
    </div>
  );
}

const lists = [
  ["Sources", "source", "source"],
  ["Models", "model", "model"],
  ["Runs", "run", "run"],
  ["Tags", "tag", "tag"],
  ["Ended by", "finish", "finish_reason"],
  ["Versions", "version", "version"],
] as const;

const sizes = [
  ["Steps", "steps", "steps"],
  ["Length, in characters", "chars", "characters"],
  ["Completion, in tokens", "tokens", "tokens"],
] as const;

interface FiguresProps {
  stats: TraceStats;
  query: string;
  parameters: FilterParameters;
}

function Figures({ stats, query, parameters }: FiguresProps) {
  const { traces, by, histograms, approximate, sampled_share } = stats;
  const format = approximate ? formatEstimate : formatCount;
  return (
    <>
      <header className={classes.total}>
        <p>
          <Link to="/traces" search={query === "" ? {} : { query }}>
            <strong>{format(traces)}</strong> {traces === 1 ? "trace" : "traces"}
          </Link>
        </p>
        {approximate && (
          <p className={classes.note}>
            {sampled_share < 1
              ? `Counts are reckoned from a random sample, ${formatShare(sampled_share)} of the store.`
              : "Counts are reckoned from the search index, which knows phrases by their words side by side."}
          </p>
        )}
      </header>
      <ColumnChart title="Over time" columns={dayColumns(by.day, query, format)} format={format} />
      <div className={classes.grid}>
        {sizes.map(([title, key, unit]) => {
          const columns = sizeColumns(
            histograms[key],
            { key, unit },
            boundsOf(parameters, key),
            query,
            format,
          );
          return (
            columns.length > 0 && <ColumnChart key={key} title={title} columns={columns} format={format} />
          );
        })}
      </div>
      <div className={classes.grid}>
        {lists.map(([title, term, field]) => {
          const values = by[field];
          const isNamed = values.some(({ value }) => value !== null);
          return (
            isNamed && (
              <ValueList
                key={field}
                title={title}
                term={term}
                values={values}
                query={query}
                format={format}
              />
            )
          );
        })}
      </div>
    </>
  );
}

function boundsOf(parameters: FilterParameters, key: string) {
  return {
    least: Number(parameters[`min_${key}`] ?? 0),
    most: Number(parameters[`max_${key}`] ?? Number.POSITIVE_INFINITY),
  };
}

/** In the places of what is being counted. */
function Skeleton() {
  return (
    <>
      <p className="unseen">Counting …</p>
      <div className={classes.shadow} data-size="line" />
      <div className={classes.shadow} data-size="chart" />
      <div className={classes.grid}>
        {[...sizes, ...lists].map(([title]) => (
          <div key={title} className={classes.shadow} data-size="chart" />
        ))}
      </div>
    </>
  );
}

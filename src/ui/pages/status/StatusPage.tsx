// Whether this server, and what it needs, are well.
import { useQuery } from "@tanstack/react-query";
import type { IndexState } from "../../../contract/search.ts";
import { readiness, rediHealth, searchIndex } from "../../api/health.ts";
import { formatDuration, formatPlural } from "../../text/figures.ts";
import classes from "./StatusPage.module.css";

interface Part {
  name: string;
  what: string;
  state: "healthy" | "behind" | "down" | "unknown";
  detail?: string | undefined;
}

export function StatusPage() {
  const ready = useQuery(readiness);
  const index = useQuery(searchIndex);
  const redi = useQuery(rediHealth);
  const checks = ready.isError ? undefined : ready.data?.checks;
  const latency = checks?.database.latency_ms;
  const parts: Part[] = [
    {
      name: "API",
      what: "The server that this page came from",
      state: ready.isError ? "down" : ready.data ? "healthy" : "unknown",
      detail: ready.error?.message,
    },
    {
      name: "Database",
      what: "PostgreSQL, where the traces are",
      state: checks?.database.status ?? "unknown",
      detail: checks?.database.error ?? (latency === undefined ? undefined : `answers in ${latency} ms`),
    },
    {
      name: "Migrations",
      what: "Whether the database has the schema this version needs",
      state: checks?.migrations.status ?? "unknown",
      detail: checks?.migrations.error,
    },
    {
      name: "Search index",
      what: "What finds words in traces; it follows what is stored",
      ...(index.isError || index.data === undefined ? { state: "unknown" } : describeIndex(index.data)),
    },
    {
      name: "RediAI",
      what: "An outside service; nothing here depends on it",
      state: redi.isError ? "unknown" : (redi.data?.status ?? "unknown"),
      detail: redi.data?.error,
    },
  ];
  return (
    <div className={classes.page}>
      <h1>Status</h1>
      <p className={classes.note}>
        Asked again every 30 seconds
        {ready.dataUpdatedAt > 0 && `, last at ${new Date(ready.dataUpdatedAt).toLocaleTimeString("en")}`}.
      </p>
      <ul className={classes.parts}>
        {parts.map(({ name, what, state, detail }) => (
          <li key={name} data-state={state}>
            <div>
              <h2>{name}</h2>
              <p>{what}</p>
            </div>
            <div className={classes.state}>
              <strong>{state}</strong>
              {detail !== undefined && <p>{detail}</p>}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Less is the way of things: traces are indexed after they were stored. */
const BEHIND_SECONDS = 10;

function describeIndex({ pending, oldest_seconds }: IndexState): Pick<Part, "state" | "detail"> {
  if (pending === 0) return { state: "healthy", detail: "up to date" };
  const seconds = oldest_seconds ?? 0;
  return {
    state: seconds > BEHIND_SECONDS ? "behind" : "healthy",
    detail: `${formatPlural(pending, "trace")} to go, the oldest for ${formatDuration(seconds)}`,
  };
}

// Whether this server, and what it needs, are well.
import { useQuery } from "@tanstack/react-query";
import { readiness, rediHealth } from "../../api/health.ts";
import classes from "./StatusPage.module.css";

interface Part {
  name: string;
  what: string;
  state: "healthy" | "down" | "unknown";
  detail?: string | undefined;
}

export function StatusPage() {
  const ready = useQuery(readiness);
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

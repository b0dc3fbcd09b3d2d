// A small sign on every page while something is down. When it is back, what failed meanwhile is asked for again.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { readiness } from "../api/health.ts";
import classes from "./StatusSign.module.css";

export function StatusSign() {
  const { data, isError } = useQuery(readiness);
  const queryClient = useQueryClient();
  const fault = isError
    ? "Server not reachable"
    : data?.checks.database.status === "down"
      ? "Database down"
      : data?.status === "not_ready"
        ? "Not ready"
        : undefined;
  const wasDown = useRef(false);
  useEffect(() => {
    if (fault === undefined && wasDown.current)
      queryClient.refetchQueries({ predicate: ({ state }) => state.status === "error" });
    wasDown.current = fault !== undefined;
  }, [fault, queryClient]);
  return (
    <div role="status">
      {fault !== undefined && (
        <Link to="/status" className={classes.sign}>
          {fault}
        </Link>
      )}
    </div>
  );
}

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ImportReport } from "../../../contract/imports.ts";
import { quoteValue } from "../../search-bar/parse-query.ts";
import { formatCount, formatPlural } from "../../text/figures.ts";
import classes from "./ImportResult.module.css";

interface ImportResultProps {
  outcome: ImportReport | Error;
  isCancelled: boolean;
  run: string;
  onAgain(): void;
}

export function ImportResult({ outcome, isCancelled, run, onAgain }: ImportResultProps) {
  if (outcome instanceof Error) {
    return (
      <div className={classes.result} role="alert">
        <h2 className={classes.bad}>{isCancelled ? "Cancelled" : "The import failed"}</h2>
        <p>
          {isCancelled
            ? "What was stored before stays. The same file again stores the rest, nothing twice."
            : outcome.message}
        </p>
        <Button onClick={onAgain}>Back</Button>
      </div>
    );
  }
  const { inserted, duplicates, skipped, rejected, errors, unmatched = [] } = outcome;
  const counts: [name: string, count: number][] = [
    ["stored", inserted],
    ["there already", duplicates],
    ["left out by the format", skipped],
    ["rejected", rejected],
  ];
  return (
    <div className={classes.result}>
      <div role="status">
        <h2>{inserted > 0 ? `${formatPlural(inserted, "trace")} stored` : "Nothing new was stored"}</h2>
      </div>
      <dl className={classes.counts}>
        {counts
          .filter(([, count]) => count > 0)
          .map(([name, count]) => (
            <div key={name}>
              <dd>{formatCount(count)}</dd>
              <dt>{name}</dt>
            </div>
          ))}
      </dl>
      <Link to="/traces" search={run === "" ? {} : { query: `run:${quoteValue(run)}` }}>
        To the traces
      </Link>
      {unmatched.length > 0 && (
        <p>
          No record has what the map says in <code>{unmatched.join(", ")}</code>
        </p>
      )}
      {errors.length > 0 && <Rejects report={outcome} />}
    </div>
  );
}

function Rejects({ report: { errors, rejected } }: { report: ImportReport }) {
  return (
    <section className={classes.rejects}>
      <h3>
        Rejected{rejected > errors.length && `: the first ${errors.length} of ${formatCount(rejected)}`}
      </h3>
      <table>
        <thead>
          <tr>
            <th>Line</th>
            <th>Why</th>
            <th>Code</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ line, code, message }, at) => (
            <tr key={at}>
              <td>{formatCount(line)}</td>
              <td>{message}</td>
              <td>
                <code>{code}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

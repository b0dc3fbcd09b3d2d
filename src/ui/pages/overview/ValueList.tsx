// The values of a field, most frequent first: a bar each, and each a link to its traces.
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { narrow } from "./narrow.ts";
import classes from "./ValueList.module.css";

const FEW = 8;
/** The server names no more. */
const MOST = 100;

interface ValueListProps {
  title: string;
  /** The search bar's key for the field. */
  term: string;
  values: readonly { value: string | null; count: number }[];
  /** The search bar's text for what is counted here. */
  query: string;
  format(count: number): string;
}

export function ValueList({ title, term, values, query, format }: ValueListProps) {
  const [isWhole, setWhole] = useState(false);
  const most = values.reduce((all, { count }) => Math.max(all, count), 1);
  const shown = isWhole ? values : values.slice(0, FEW);
  return (
    <section className={classes.list} aria-label={title}>
      <h2>{title}</h2>
      <ol>
        {shown.map(({ value, count }) => {
          const inner = (
            <>
              <span className={classes.bar} style={{ width: `${(100 * count) / most}%` }} />
              <span className={classes.value}>{value || "none"}</span>
              <span className={classes.count}>{format(count)}</span>
            </>
          );
          return (
            <li key={value}>
              {value === null || value === "" ? (
                <span className={classes.row}>{inner}</span>
              ) : (
                <Link
                  to="/traces"
                  search={{ query: narrow(query, term, value) }}
                  className={classes.row}
                  preload={false}
                >
                  {inner}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
      {values.length > FEW && (
        <button type="button" className={classes.more} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show ${values.length === MOST ? "the first " : "all "}${values.length}`}
        </button>
      )}
    </section>
  );
}

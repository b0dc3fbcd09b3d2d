// Counts in an order that means something, time or size: a column each, and each a link to its traces.
import { Link } from "@tanstack/react-router";
import classes from "./ColumnChart.module.css";

export interface Column {
  /** What falls into it, and how much: read out, and shown while it is pointed at. */
  label: string;
  count: number;
  /** The search bar's text that finds it. */
  query: string;
  /** What stands under it. */
  tick?: string | undefined;
}

interface ColumnChartProps {
  title: string;
  columns: readonly Column[];
  format(count: number): string;
}

export function ColumnChart({ title, columns, format }: ColumnChartProps) {
  const most = columns.reduce((all, { count }) => Math.max(all, count), 1);
  return (
    <section className={classes.chart} aria-label={title}>
      <h2>{title}</h2>
      <span className={classes.scale} aria-hidden="true">
        {format(most)}
      </span>
      <ol className={classes.columns}>
        {columns.map(({ label, count, query, tick }) => (
          <li key={label}>
            {count === 0 ? (
              <span className={classes.column} />
            ) : (
              <Link to="/traces" search={{ query }} className={classes.column} preload={false}>
                <span className={classes.fill} style={{ height: `${(100 * count) / most}%` }} />
                <span className={classes.label}>{label}</span>
              </Link>
            )}
            <span className={classes.tick} aria-hidden="true">
              {tick}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

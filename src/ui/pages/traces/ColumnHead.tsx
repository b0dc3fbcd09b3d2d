import type { TraceSort } from "../../../contract/pages.ts";
import type { Column } from "./columns.tsx";
import classes from "./TraceTable.module.css";

interface ColumnHeadProps {
  column: Column;
  sort: TraceSort;
  onSort(sort: TraceSort): void;
}

const descending: readonly TraceSort[] = ["most_steps", "longest", "reward_high", "oldest"];

/** A column's title; of one that can be sorted by, a button that sorts, and sorts the other way round. */
export function ColumnHead({ column: { title, from, isNumber, sorts }, sort, onSort }: ColumnHeadProps) {
  const isActive = sorts?.includes(sort) === true;
  const direction = descending.includes(sort) ? "descending" : "ascending";
  return (
    <div
      role="columnheader"
      data-from={from}
      data-number={isNumber}
      aria-sort={isActive ? direction : undefined}
    >
      {sorts === undefined ? (
        title
      ) : (
        <button
          type="button"
          className={classes.sort}
          data-active={isActive}
          onClick={() => onSort(sort === sorts[0] ? sorts[1] : sorts[0])}
        >
          {title}
          {isActive && (direction === "descending" ? " ↓" : " ↑")}
        </button>
      )}
    </div>
  );
}

import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type MouseEvent, memo } from "react";
import type { TraceItem } from "../../../contract/pages.ts";
import { columns } from "./columns.tsx";
import classes from "./TraceTable.module.css";

interface TraceTableRowProps {
  /** Its place among all rows, from 0. */
  row: number;
  top: number;
  /** Undefined while its page is not there. */
  trace: TraceItem | undefined;
  isCurrent: boolean;
  isSelected: boolean;
  onChoose(row: number, id: string): void;
  onSelect(id: string): void;
}

export const TraceTableRow = memo(function TraceTableRow(props: TraceTableRowProps) {
  const { row, top, trace, isCurrent, isSelected, onChoose, onSelect } = props;
  const place = { transform: `translateY(${top}px)` };
  if (trace === undefined) {
    return (
      <div role="row" aria-rowindex={row + 2} className={classes.row} data-body="" style={place}>
        <div role="cell" className={classes.check} />
        <div role="cell">
          <span className={classes.shadow} />
          <span className="unseen">loading</span>
        </div>
      </div>
    );
  }
  const choose = (event: MouseEvent) => {
    // A new tab, or a window, gets the trace itself.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onChoose(row, trace.id);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys use the link and the check box within
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isSelected}
      className={classes.row}
      data-body=""
      data-current={isCurrent}
      style={place}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a, input, label")) choose(event);
      }}
    >
      <div role="cell" className={classes.check}>
        <Checkbox
          size="xs"
          checked={isSelected}
          onChange={() => onSelect(trace.id)}
          aria-label={`Select ${trace.prompt_excerpt.slice(0, 40)}`}
        />
      </div>
      <div role="cell">
        <Link
          to="/traces/$id"
          params={{ id: trace.id }}
          className={classes.prompt}
          onClick={choose}
          preload={false}
        >
          {trace.prompt_excerpt}
        </Link>
      </div>
      {columns.map(({ name, from, isNumber, cell }) => (
        <div key={name} role="cell" data-from={from} data-number={isNumber}>
          {cell(trace)}
        </div>
      ))}
    </div>
  );
});

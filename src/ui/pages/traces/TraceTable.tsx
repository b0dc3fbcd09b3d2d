// The list of traces, through a million rows and more: only the rows in view are there.
import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TraceSort } from "../../../contract/pages.ts";
import type { Parameters } from "../../api/request.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { ColumnHead } from "./ColumnHead.tsx";
import { columns } from "./columns.tsx";
import { MAX_WINDOW, moveWindow } from "./row-window.ts";
import classes from "./TraceTable.module.css";
import { TraceTableRow } from "./TraceTableRow.tsx";
import { type TraceRows, useTracePages } from "./use-trace-pages.ts";

const ROW_PX = 34;
const HEAD_PX = 31;
const rowSize = () => ROW_PX;
/** Pages are asked for this many rows before they come into view. */
const AHEAD = 40;

interface TraceTableProps {
  filters: Parameters;
  sort: TraceSort;
  onSort(sort: TraceSort): void;
  /** The row that keys move from, or -1. */
  current: number;
  onChoose(row: number, id: string): void;
  selected: ReadonlySet<string>;
  onSelect(id: string): void;
  onClearSelection(): void;
  /** Told of the rows, for keys and counts. */
  onRows(rows: TraceRows): void;
  /** Shown where no trace passes the filters. */
  empty: ReactNode;
}

export function TraceTable(props: TraceTableProps) {
  const { filters, sort, onSort, current, onChoose, selected, onSelect, onClearSelection, onRows, empty } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const [first, setFirst] = useState(0);
  const [range, setRange] = useState<readonly [number, number]>([0, 50]);
  const rows = useTracePages(filters, Math.max(0, range[0] - AHEAD), range[1] + AHEAD);
  const virtualizer = useVirtualizer({
    count: Math.min(rows.count - first, MAX_WINDOW),
    getScrollElement: () => scroller.current,
    estimateSize: rowSize,
    overscan: 8,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const from = first + (items[0]?.index ?? 0);
  const to = first + (items.at(-1)?.index ?? 0);
  useEffect(() => setRange([from, to]), [from, to]);
  useEffect(() => {
    const next = moveWindow(first, to - first, rows.count);
    if (next === first) return;
    scroller.current?.scrollBy({ top: (first - next) * ROW_PX, behavior: "instant" });
    setFirst(next);
  }, [first, to, rows.count]);
  useLayoutEffect(() => onRows(rows));
  useEffect(() => {
    if (current >= first) virtualizer.scrollToIndex(current - first, { align: "auto" });
  }, [virtualizer, current, first]);

  if (rows.error && rows.at(from) === undefined)
    return <ErrorNotice title="The traces could not be listed" error={rows.error} onRetry={rows.refetch} />;
  if (rows.isComplete && rows.count === 0) return empty;
  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        className={classes.scroller}
        role="table"
        aria-label="Traces"
        aria-rowcount={rows.isComplete ? rows.count + 1 : -1}
        aria-busy={rows.isFirstLoading}
      >
        <div role="rowgroup" className={classes.head}>
          <div role="row" className={classes.row}>
            <div role="columnheader" className={classes.check}>
              <Checkbox
                size="xs"
                aria-label={selected.size > 0 ? "Clear the selection" : "Nothing is selected"}
                checked={false}
                indeterminate={selected.size > 0}
                disabled={selected.size === 0}
                onChange={onClearSelection}
              />
            </div>
            <div role="columnheader">Prompt</div>
            {columns.map((column) => (
              <ColumnHead key={column.name} column={column} sort={sort} onSort={onSort} />
            ))}
          </div>
        </div>
        <div
          role="rowgroup"
          className={classes.sheet}
          style={{ height: virtualizer.getTotalSize() - HEAD_PX }}
        >
          {items.map(({ index, start }) => (
            <TraceTableRow
              key={index}
              row={first + index}
              top={start - HEAD_PX}
              trace={rows.at(first + index)}
              isCurrent={first + index === current}
              isSelected={selected.has(rows.at(first + index)?.id ?? "")}
              onChoose={onChoose}
              onSelect={onSelect}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

// A table of rows that come page by page: only those in view are there, and the next page is asked for near the end.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./VirtualTable.module.css";

const ROW_PX = 34;
const HEAD_PX = 31;
const rowSize = () => ROW_PX;
/** The next page is asked for when its beginning is this near. */
const AHEAD = 40;

export interface VirtualColumn<Row> {
  name: string;
  title: ReactNode;
  isNumber?: boolean;
  /** Shown only where the table is at least this wide. */
  from?: "small" | "medium" | "wide";
  cell(row: Row): ReactNode;
}

interface VirtualTableProps<Row> {
  label: string;
  columns: readonly VirtualColumn<Row>[];
  rows: readonly Row[];
  /** All rows there are, if that is known. */
  count?: number | undefined;
  keyOf(row: Row): string;
  /** The widths of the columns, as a class that sets grid-template-columns. */
  widths: string | undefined;
  /** The row that is chosen, or -1. It is scrolled into view. */
  current: number;
  onChoose(row: Row): void;
  /** Asks for more rows; undefined when there are none. */
  onMore: (() => void) | undefined;
}

export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, columns, rows, count, keyOf, widths, current, onChoose, onMore } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowSize,
    overscan: 8,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - AHEAD;
  useEffect(() => {
    if (isNearEnd) onMore?.();
  }, [isNearEnd, onMore]);
  useEffect(() => {
    if (current >= 0) virtualizer.scrollToIndex(current, { align: "auto" });
  }, [virtualizer, current]);
  const cells = (role: "cell" | "columnheader", contentOf: (column: VirtualColumn<Row>) => ReactNode) =>
    columns.map((column) => (
      <div key={column.name} role={role} data-from={column.from} data-number={column.isNumber}>
        {contentOf(column)}
      </div>
    ));
  return (
    <div className={classes.frame}>
      <div
        ref={scroller}
        className={classes.scroller}
        role="table"
        aria-label={label}
        aria-rowcount={(count ?? rows.length) + 1}
        tabIndex={0}
      >
        <div role="rowgroup" className={classes.head}>
          <div role="row" aria-rowindex={1} className={`${classes.row} ${widths}`}>
            {cells("columnheader", ({ title }) => title)}
          </div>
        </div>
        <div role="rowgroup" className={classes.sheet} style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index] as Row;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys use the link or button within
              <div
                key={keyOf(row)}
                role="row"
                aria-rowindex={index + 2}
                className={`${classes.row} ${widths}`}
                data-body=""
                data-current={index === current}
                style={{ transform: `translateY(${start - HEAD_PX}px)` }}
                onClick={(event) => {
                  if (!(event.target as HTMLElement).closest("a, button, input, label")) onChoose(row);
                }}
              >
                {cells("cell", ({ cell }) => cell(row))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

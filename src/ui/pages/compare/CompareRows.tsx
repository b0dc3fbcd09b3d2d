// Both traces in one list of rows, so that what belongs together stays together: only the rows in view are there.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type Ref, useCallback, useImperativeHandle, useMemo, useRef } from "react";
import { formatPlural } from "../../text/figures.ts";
import type { RenderText } from "../../text/Prose.tsx";
import classes from "./CompareRows.module.css";
import { FactsTable } from "./FactsTable.tsx";
import type { Fact } from "./facts.ts";
import { PairRow } from "./PairRow.tsx";
import { type CompareRow, lengthOf } from "./rows.ts";

/** More rows than this are never in the page, however tall the window and short the steps. */
const MAX_ROWS = 60;

export interface CompareRowsHandle {
  /** Brings the next difference to the top, or the one before. */
  showDifference(by: 1 | -1): void;
}

interface CompareRowsProps {
  rows: readonly CompareRow[];
  facts: readonly Fact[];
  /** Whether words that differ are marked. */
  hasWords: boolean;
  render: RenderText | undefined;
  unfolded: ReadonlySet<string>;
  /** Unfolds a long pair or what was left out, or folds it again. */
  onUnfold(key: string): void;
  handle: Ref<CompareRowsHandle>;
}

export function CompareRows(props: CompareRowsProps) {
  const { rows, facts, hasWords, render, unfolded, onUnfold, handle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // All rows are measured anew when one of these changes: as new functions they would be at every scroll.
  const estimateSize = useCallback((at: number) => estimateHeight(rows[at]), [rows]);
  const getItemKey = useCallback((at: number) => rows[at]?.key ?? at, [rows]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize,
    getItemKey,
    rangeExtractor: ({ startIndex, endIndex, count }) => {
      const first = Math.max(0, startIndex - 2);
      const last = Math.min(count - 1, endIndex + 2, first + MAX_ROWS - 1);
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    },
    paddingEnd: 120,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const differences = useMemo(() => rows.flatMap((row, at) => (isDifference(row) ? [at] : [])), [rows]);
  // Keys may come faster than the page scrolls, and the last rows never reach the top.
  const target = useRef<number>(undefined);
  const forgetTarget = () => {
    target.current = undefined;
  };
  useImperativeHandle(handle, () => ({
    showDifference: (by) => {
      const top = (virtualizer.scrollOffset ?? 0) + 1;
      const now = target.current ?? items.find((item) => item.end > top)?.index ?? 0;
      const next = by === 1 ? differences.find((at) => at > now) : differences.findLast((at) => at < now);
      if (next === undefined) return;
      target.current = next;
      virtualizer.scrollToIndex(next, { align: "start" });
    },
  }));
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="region"
      aria-label="Both traces"
      tabIndex={0}
      onWheel={forgetTarget}
      onPointerDown={forgetTarget}
      onKeyDown={({ key }) => key.length > 1 && forgetTarget()}
    >
      <div className={classes.sheet} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes.place}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row.kind === "facts" ? (
                <FactsTable facts={facts} />
              ) : row.kind === "left-out" ? (
                <button type="button" className={classes.leftOut} onClick={() => onUnfold(row.key)}>
                  Show {formatPlural(row.pairs, "equal text")}
                </button>
              ) : (
                <PairRow
                  row={row}
                  hasWords={hasWords}
                  render={render}
                  isUnfolded={unfolded.has(row.pair.key)}
                  onUnfold={onUnfold}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function isDifference(row: CompareRow): boolean {
  return row.kind === "text" && row.isFirst && row.pair.op !== "equal";
}

const LINE_PX = 23;
/** Of a line in half a page. */
const LINE_CHARACTERS = 70;

function estimateHeight(row: CompareRow | undefined): number {
  if (row?.kind === "facts") return 240;
  if (row?.kind !== "text") return 36;
  const characters = Math.max(lengthOf(row.base), lengthOf(row.other));
  return Math.ceil(characters / LINE_CHARACTERS) * LINE_PX + (row.isFirst ? 33 : 12);
}

// A trace to read from top to bottom, however long: only the rows in view are there.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type Ref, useCallback, useImperativeHandle, useLayoutEffect, useMemo, useRef } from "react";
import type { Score } from "../../contract/trace.ts";
import type { RenderText } from "../text/Prose.tsx";
import type { Hit } from "./find-hits.ts";
import { useHighlights } from "./highlights.ts";
import { rowOf, toRows } from "./rows.ts";
import type { Section } from "./sections.ts";
import { createJudge, groupByStep } from "./step-scores.ts";
import classes from "./Transcript.module.css";
import { TranscriptRow } from "./TranscriptRow.tsx";

/** More rows than this are never in the page, however tall the window and short the steps. */
const MAX_ROWS = 60;

export interface TranscriptHandle {
  /** Brings a section to the top. */
  showSection(at: number): void;
  showHit(hit: Hit): void;
  scrollToEnd(): void;
}

interface TranscriptProps {
  sections: readonly Section[];
  scores: readonly Score[];
  render: RenderText | undefined;
  unfolded: ReadonlySet<string>;
  onToggleFold(key: string): void;
  /** What is looked for, and which of its hits is the one now. */
  find?: { words: string; now: Hit | undefined };
  onActive?(at: number): void;
  handle?: Ref<TranscriptHandle>;
  isDense?: boolean;
}

export function Transcript(props: TranscriptProps) {
  const { sections, scores, render, unfolded, onToggleFold, find, onActive, handle, isDense = false } = props;
  const rows = useMemo(() => toRows(sections, unfolded), [sections, unfolded]);
  const byStep = useMemo(() => groupByStep(scores), [scores]);
  const judge = useMemo(() => createJudge(scores), [scores]);
  const scroller = useRef<HTMLDivElement>(null);
  // All rows are measured anew when one of these changes: as new functions they would be at every scroll.
  const estimateSize = useCallback((at: number) => estimateHeight(rows[at]?.text.length ?? 0), [rows]);
  const keys = useMemo(() => rows.map(({ at, from }) => `${sections[at]?.key}+${from}`), [rows, sections]);
  const getItemKey = useCallback((at: number) => keys[at] ?? at, [keys]);
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
    paddingStart: 8,
    paddingEnd: 120,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const top = virtualizer.scrollOffset ?? 0;
  const active = rows[items.find((item) => item.end > top + 24)?.index ?? 0]?.at ?? 0;
  useLayoutEffect(() => onActive?.(active), [active, onActive]);
  useImperativeHandle(handle, () => ({
    showSection: (at) => virtualizer.scrollToIndex(rowOf(rows, at, 0), { align: "start" }),
    showHit: ({ at, from }) => {
      const row = rowOf(rows, at, from);
      const isInView = items.some((item) => item.index === row && item.start >= top);
      if (!isInView) virtualizer.scrollToIndex(row, { align: "start" });
    },
    scrollToEnd: () => virtualizer.scrollToIndex(rows.length - 1, { align: "end" }),
  }));
  useHighlights(scroller, rows, items, find);

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-dense={isDense}
      tabIndex={0}
      role="region"
      aria-label="Transcript"
    >
      <div className={classes.sheet} style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          const section = row && sections[row.at];
          if (!row || !section) return null;
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes.place}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <TranscriptRow
                row={row}
                section={section}
                isSameLabel={sections[row.at - 1]?.label === section.label}
                scores={section.step && byStep.get(section.step.i)}
                judge={judge}
                render={section.isCode ? undefined : render}
                isUnfolded={unfolded.has(section.key)}
                onToggleFold={onToggleFold}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const LINE_PX = 25;
/** Of a line as wide as lines get. */
const LINE_CHARACTERS = 100;

function estimateHeight(characters: number): number {
  return Math.ceil(characters / LINE_CHARACTERS) * LINE_PX + 12;
}

// The whole of a trace at a glance: a mark for each section, as long as its text is, in its type's colour.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { Score } from "../../contract/trace.ts";
import { formatCount } from "../text/figures.ts";
import classes from "./Outline.module.css";
import type { Section } from "./sections.ts";
import { typeColour } from "./step-colour.ts";
import { createJudge, groupByStep, verdictColour, worst } from "./step-scores.ts";

const MARK_PX = 22;
const markSize = () => MARK_PX;

interface OutlineProps {
  sections: readonly Section[];
  scores: readonly Score[];
  active: number;
  onChoose(at: number): void;
}

export function Outline({ sections, scores, active, onChoose }: OutlineProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: sections.length,
    getScrollElement: () => scroller.current,
    estimateSize: markSize,
    overscan: 10,
    useFlushSync: false,
  });
  const byStep = useMemo(() => groupByStep(scores), [scores]);
  const judge = useMemo(() => createJudge(scores), [scores]);
  const longest = useMemo(
    () => sections.reduce((most, { text }) => Math.max(most, text.length), 1),
    [sections],
  );
  useEffect(() => virtualizer.scrollToIndex(active, { align: "auto" }), [virtualizer, active]);
  return (
    <nav ref={scroller} className={classes.scroller} aria-label="Steps">
      <div className={classes.marks} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const section = sections[index];
          if (section === undefined) return null;
          const { key, step, label, text } = section;
          const verdict = worst((step && byStep.get(step.i)?.map(judge)) ?? []);
          return (
            <button
              key={key}
              type="button"
              className={classes.mark}
              style={{ transform: `translateY(${start}px)` }}
              aria-current={index === active ? "true" : undefined}
              onClick={() => onChoose(index)}
            >
              <span className={classes.number}>
                {step && <span className="unseen">Step </span>}
                {step?.i}
                {step && (
                  <span className="unseen">{`, ${label}, ${formatCount(text.length)} characters: `}</span>
                )}
              </span>
              <span className={classes.track}>
                <span
                  style={{
                    width: `${Math.max(4, 100 * Math.sqrt(text.length / longest))}%`,
                    background: typeColour(step?.type ?? label),
                  }}
                />
              </span>
              <span className={classes.dot} style={verdict && { background: verdictColour[verdict] }} />
              <span className={classes.words}>{step ? beginning(text) : label}</span>
            </button>
          );
        })}
      </div>
    </nav>
  );
}

function beginning(text: string): string {
  return (
    text
      .slice(0, 120)
      .trim()
      .split("\n")[0]
      ?.replaceAll(/[*#$`]/g, "") ?? ""
  );
}

import { memo } from "react";
import type { Score } from "../../contract/trace.ts";
import { Icon } from "../icons/Icon.tsx";
import { formatCount } from "../text/figures.ts";
import { Prose, type RenderText } from "../text/Prose.tsx";
import { copyText } from "./copy-text.ts";
import { isLong, type Row } from "./rows.ts";
import { ScoreChip } from "./ScoreChip.tsx";
import type { Section } from "./sections.ts";
import { typeColour } from "./step-colour.ts";
import type { Verdict } from "./step-scores.ts";
import classes from "./TranscriptRow.module.css";

interface TranscriptRowProps {
  row: Row;
  section: Section;
  /** The section before has the same label, which need not be said again. */
  isSameLabel: boolean;
  scores: readonly Score[] | undefined;
  judge(score: Score): Verdict;
  render: RenderText | undefined;
  isUnfolded: boolean;
  onToggleFold(key: string): void;
}

export const TranscriptRow = memo(function TranscriptRow(props: TranscriptRowProps) {
  const { row, section, isSameLabel, scores, judge, render, isUnfolded, onToggleFold } = props;
  const { step, kind, key, label } = section;
  const name = step ? `step ${step.i}` : label;
  return (
    <article
      className={classes.row}
      data-kind={kind}
      data-type={step?.type}
      data-first={row.isFirst}
      data-row={row.isFirst ? key : undefined}
      style={{ "--type": typeColour(step?.type ?? label) } as React.CSSProperties}
      aria-label={row.isFirst ? name : `${name}, continued`}
    >
      <div className={classes.gutter}>
        {row.isFirst && step && (
          <a href={`#step-${step.i}`} aria-label={`Link to step ${step.i}`}>
            {step.i}
          </a>
        )}
      </div>
      <div className={classes.body}>
        {row.isFirst && (
          <header className={classes.head}>
            {(!isSameLabel || step?.name || kind !== "step") && (
              <span className={classes.label}>{label}</span>
            )}
            {scores?.map((score) => (
              <ScoreChip key={`${score.name} ${score.by}`} score={score} verdict={judge(score)} />
            ))}
            <button
              type="button"
              className={classes.copy}
              onClick={() => copyText(section.text)}
              aria-label={`Copy ${name}`}
            >
              <Icon name="copy" size={14} />
            </button>
          </header>
        )}
        <div className={classes.text} data-text="">
          {section.text === "" ? (
            <p className={classes.empty}>empty</p>
          ) : section.isCode ? (
            <pre className={classes.code}>{row.text}</pre>
          ) : (
            <Prose text={row.text} render={render} />
          )}
        </div>
        {row.isLast && isLong(section) && (
          <button type="button" className={classes.fold} onClick={() => onToggleFold(key)}>
            {isUnfolded ? "Fold" : `Show ${formatCount(row.hidden)} more characters`}
          </button>
        )}
      </div>
    </article>
  );
});

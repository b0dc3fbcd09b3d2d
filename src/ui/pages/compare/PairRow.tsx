import { memo } from "react";
import { formatCount } from "../../text/figures.ts";
import { Prose, type RenderText } from "../../text/Prose.tsx";
import type { Section } from "../../transcript/sections.ts";
import { typeColour } from "../../transcript/step-colour.ts";
import classes from "./PairRow.module.css";
import type { Op } from "./pairs.ts";
import type { Piece, TextRow } from "./rows.ts";

interface PairRowProps {
  row: TextRow;
  hasWords: boolean;
  render: RenderText | undefined;
  isUnfolded: boolean;
  onUnfold(key: string): void;
}

const named: Record<Op, string> = {
  equal: "equal",
  changed: "changed",
  removed: "only in the base",
  added: "only in the other",
};

/** Two texts that belong together, or one that stands alone. An equal prompt is shown once: nothing lies beside it. */
export const PairRow = memo(function PairRow({ row, hasWords, render, isUnfolded, onUnfold }: PairRowProps) {
  const { pair, isFirst, isLast, isLong, hidden } = row;
  const { base, other, op, members } = pair;
  const isShared = op === "equal" && base?.kind === "prompt";
  const isMarked = hasWords && op === "changed" && base?.text !== other?.text;
  const cell = (side: "base" | "other", section: Section | undefined) => (
    <Cell
      side={side}
      section={section}
      pieces={row[side]}
      isFirst={isFirst}
      isMarked={isMarked}
      render={render}
    />
  );
  return (
    <article
      className={classes.row}
      data-op={op}
      data-shared={isShared}
      data-first={isFirst}
      aria-label={`${nameOf(base ?? other)}${isFirst ? "" : ", continued"}: ${named[op]}`}
    >
      {cell("base", base)}
      {!isShared && cell("other", other)}
      {isFirst && members.length > 0 && (
        <p
          className={classes.note}
        >{`${members.join(", ")} ${members.length === 1 ? "differs" : "differ"}`}</p>
      )}
      {isLast && isLong && (
        <p className={classes.note}>
          <button type="button" className={classes.fold} onClick={() => onUnfold(pair.key)}>
            {isUnfolded ? "Fold" : `Show ${formatCount(hidden)} more characters`}
          </button>
        </p>
      )}
    </article>
  );
});

interface CellProps {
  side: "base" | "other";
  section: Section | undefined;
  pieces: readonly Piece[];
  isFirst: boolean;
  isMarked: boolean;
  render: RenderText | undefined;
}

function Cell({ side, section, pieces, isFirst, isMarked, render }: CellProps) {
  if (section === undefined) return <div className={classes.cell} data-side={side} data-none="" />;
  const { step, label, kind, isCode } = section;
  const text = pieces.map((piece) => piece.text).join("");
  return (
    <div
      className={classes.cell}
      data-side={side}
      data-kind={kind}
      style={{ "--type": typeColour(step?.type ?? label) } as React.CSSProperties}
    >
      <div className={classes.gutter}>{isFirst && step?.i}</div>
      <div className={classes.body}>
        {isFirst && <div className={classes.label}>{label}</div>}
        {section.text === "" ? (
          <p className={classes.empty}>empty</p>
        ) : isMarked ? (
          <div className={isCode ? classes.code : "written"}>
            {pieces.map((piece, at) => {
              const Mark = piece.isEqual ? "span" : side === "base" ? "del" : "ins";
              return <Mark key={at}>{piece.text}</Mark>;
            })}
          </div>
        ) : isCode ? (
          <pre className={classes.code}>{text}</pre>
        ) : (
          <Prose text={text} render={render} />
        )}
      </div>
    </div>
  );
}

function nameOf(section: Section | undefined): string {
  return section?.step ? `step ${section.step.i}` : (section?.label ?? "");
}

import type { RunComparison } from "../../../contract/run-comparison.ts";
import { formatChange, formatFigure } from "../../figures/format-figure.ts";
import { formatCount, formatPlural } from "../../text/figures.ts";
import classes from "./Verdict.module.css";

/** Who wins, by how much, and how sure that is. */
export function Verdict({ comparison }: { comparison: RunComparison }) {
  const { base, other, prompts, won, lost, tied, difference, difference_low, difference_high } = comparison;
  const parts = [
    { kind: "won", count: won },
    { kind: "tied", count: tied },
    { kind: "lost", count: lost },
  ];
  return (
    <section className={classes.verdict} aria-label="Result">
      <div className={classes.figure}>
        <span className={classes.label}>Difference, other less base</span>
        <strong className={classes.value}>{formatChange(difference)}</strong>
        <span className={classes.note}>
          {difference_low === null || difference_high === null
            ? "no interval"
            : `95 %: ${formatChange(difference_low)} to ${formatChange(difference_high)}`}
        </span>
      </div>
      <div className={classes.figure}>
        <span className={classes.label}>Mean of base</span>
        <strong className={classes.value}>{formatFigure(base.mean)}</strong>
        <span className={classes.note}>{sideNote(base)}</span>
      </div>
      <div className={classes.figure}>
        <span className={classes.label}>Mean of other</span>
        <strong className={classes.value}>{formatFigure(other.mean)}</strong>
        <span className={classes.note}>{sideNote(other)}</span>
      </div>
      <div className={`${classes.figure} ${classes.wide}`}>
        <span className={classes.label}>Over the {formatPlural(prompts, "prompt")} that both have</span>
        <span className={classes.bar} aria-hidden="true">
          {parts.map(({ kind, count }) => (
            <span key={kind} data-kind={kind} style={{ flexGrow: count }} />
          ))}
        </span>
        <span className={classes.note}>
          {parts.map(({ kind, count }) => (
            <span key={kind} className={classes.part} data-kind={kind}>
              {formatCount(count)} {kind}
            </span>
          ))}
          {comparison.only_in_base > 0 && <span>{formatCount(comparison.only_in_base)} only in base</span>}
          {comparison.only_in_other > 0 && <span>{formatCount(comparison.only_in_other)} only in other</span>}
        </span>
      </div>
    </section>
  );
}

function sideNote({ rollouts, invalid }: RunComparison["base"]): string {
  return [
    formatPlural(rollouts, "rollout"),
    ...(invalid > 0 ? [`${formatCount(invalid)} without a valid score`] : []),
  ].join(", ");
}

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { Icon } from "../../icons/Icon.tsx";
import { formatCount } from "../../text/figures.ts";
import classes from "./CompareTools.module.css";
import type { Op, Pair } from "./pairs.ts";

interface CompareToolsProps {
  pairs: readonly Pair[];
  isCoarse: boolean;
  hasWords: boolean;
  onWords(): void;
  isHidingEqual: boolean;
  onHideEqual(): void;
  isPlain: boolean;
  onPlain(): void;
  onSwap(): void;
  onMove(by: 1 | -1): void;
}

const ops: [op: Op, what: string][] = [
  ["equal", "equal"],
  ["changed", "changed"],
  ["removed", "only in the base"],
  ["added", "only in the other"],
];

export function CompareTools(props: CompareToolsProps) {
  const { pairs, isCoarse, hasWords, onWords, isHidingEqual, onHideEqual } = props;
  const { isPlain, onPlain, onSwap, onMove } = props;
  const steps = pairs.filter(({ base, other }) => (base ?? other)?.kind === "step");
  const hasDifference = pairs.some(({ op }) => op !== "equal");
  return (
    <div className={classes.tools} role="toolbar" aria-label="Comparison">
      <div className={classes.counts}>
        <span>Steps</span>
        {ops.map(([op, what]) => {
          const count = steps.filter((pair) => pair.op === op).length;
          return count === 0 ? null : (
            <span key={op} className={classes.count} data-op={op}>
              {formatCount(count)} {what}
            </span>
          );
        })}
        {isCoarse && (
          <Tooltip label="Parts of it were too large, or too different, to be compared word by word or step by step">
            <span className={classes.coarse} tabIndex={0}>
              coarse
            </span>
          </Tooltip>
        )}
      </div>
      <Toggle isOn={hasWords} onToggle={onWords}>
        Mark words
      </Toggle>
      <Toggle isOn={isHidingEqual} onToggle={onHideEqual}>
        Differences only
      </Toggle>
      <Toggle isOn={!isPlain} onToggle={onPlain}>
        Markdown
      </Toggle>
      <Tooltip label="Difference before (k)">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Difference before"
          disabled={!hasDifference}
          onClick={() => onMove(-1)}
        >
          <Icon name="up" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next difference (j)">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Next difference"
          disabled={!hasDifference}
          onClick={() => onMove(1)}
        >
          <Icon name="down" />
        </ActionIcon>
      </Tooltip>
      <Button onClick={onSwap} leftSection={<Icon name="swap" size={14} />}>
        Swap
      </Button>
    </div>
  );
}

function Toggle(props: { isOn: boolean; onToggle(): void; children: string }) {
  return (
    <button type="button" className={classes.toggle} aria-pressed={props.isOn} onClick={props.onToggle}>
      {props.children}
    </button>
  );
}

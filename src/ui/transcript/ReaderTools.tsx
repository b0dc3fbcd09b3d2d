import { ActionIcon, Tooltip } from "@mantine/core";
import { Icon, type IconName } from "../icons/Icon.tsx";
import classes from "./ReaderTools.module.css";

interface ReaderToolsProps {
  isPlain: boolean;
  onPlain(isPlain: boolean): void;
  hasLong: boolean;
  isUnfolded: boolean;
  onToggleAll(): void;
  onFind(): void;
  onEnd(): void;
  onCopy(): void;
}

export function ReaderTools(props: ReaderToolsProps) {
  const { isPlain, onPlain, hasLong, isUnfolded, onToggleAll, onFind, onEnd, onCopy } = props;
  return (
    <div className={classes.tools} role="toolbar" aria-label="Reading">
      <button
        type="button"
        className={classes.word}
        aria-pressed={!isPlain}
        onClick={() => onPlain(!isPlain)}
      >
        Markdown
      </button>
      {hasLong && (
        <button type="button" className={classes.word} aria-pressed={isUnfolded} onClick={onToggleAll}>
          Unfold all
        </button>
      )}
      <span className={classes.gap} />
      <Tool icon="search" label="Find (/)" onClick={onFind} />
      <Tool icon="copy" label="Copy as text (y)" onClick={onCopy} />
      <Tool icon="end" label="To the end (G)" onClick={onEnd} />
    </div>
  );
}

function Tool({ icon, label, onClick }: { icon: IconName; label: string; onClick(): void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={onClick}>
        <Icon name={icon} size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

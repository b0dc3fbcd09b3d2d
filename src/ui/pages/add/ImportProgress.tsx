import { Progress as Bar, Button } from "@mantine/core";
import { formatBytes, formatCount } from "../../text/figures.ts";
import classes from "./ImportProgress.module.css";
import type { Counts } from "./send-import.ts";

export interface Progress {
  /** Bytes sent. */
  sent: number;
  /** What the server has told so far. */
  counts: Counts | undefined;
}

interface ImportProgressProps {
  progress: Progress;
  size: number;
  onCancel(): void;
}

export function ImportProgress({ progress: { sent, counts }, size, onCancel }: ImportProgressProps) {
  const percent = size === 0 ? 100 : Math.min(100, (sent / size) * 100);
  return (
    <div className={classes.progress}>
      <Bar value={percent} aria-label="Sent" />
      <p role="status">
        {formatBytes(Math.min(sent, size))} of {formatBytes(size)} sent
        {counts?.records ? ` · ${formatCount(counts.records)} records read` : ""}
        {counts?.inserted ? ` · ${formatCount(counts.inserted)} traces stored` : ""}
        {counts?.rejected ? ` · ${formatCount(counts.rejected)} rejected` : ""}
      </p>
      <Button onClick={onCancel}>Cancel</Button>
    </div>
  );
}

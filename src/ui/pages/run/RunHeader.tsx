import { Button, SegmentedControl, Select } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Run } from "../../../contract/runs.ts";
import { isNumber, type RunSearch, splitToAddress } from "../../addresses/run-search.ts";
import { CommitInput } from "../../figures/CommitInput.tsx";
import { ScoreSelect } from "../../figures/ScoreSelect.tsx";
import { Icon } from "../../icons/Icon.tsx";
import { quoteValue } from "../../search-bar/parse-query.ts";
import { formatAge, formatPlural } from "../../text/figures.ts";
import classes from "./RunHeader.module.css";

interface RunHeaderProps {
  name: string;
  run: Run | undefined;
  splits: readonly (string | null)[];
  split: string | null;
  settings: { score: string; threshold: string; k: string };
  isTable: boolean;
  onChange(changes: RunSearch): void;
}

export function RunHeader({ name, run, splits, split, settings, isTable, onChange }: RunHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.name}>
        <Link to="/runs" className={classes.up}>
          Runs
        </Link>
        <h1>{name}</h1>
        {run && (
          <p className={classes.about}>
            {formatPlural(run.traces, "rollout")}, {formatPlural(run.train_steps.count, "step")}
            {run.last_activity && `, ${ago(run.last_activity)}`}
          </p>
        )}
      </div>
      <div className={classes.tools}>
        {splits.length > 1 && <SplitChoice splits={splits} split={split} onChange={onChange} />}
        <span className={classes.setting}>
          Score
          <ScoreSelect run={name} score={settings.score} onScore={(score) => onChange({ score })} />
        </span>
        <span className={classes.setting} title="A rollout is correct when its score is this or more">
          ≥
          <CommitInput
            aria-label="Threshold of correct"
            w={56}
            inputMode="decimal"
            value={settings.threshold}
            accepts={isNumber}
            onCommit={(text) => onChange({ threshold: text === "1" ? undefined : text })}
          />
        </span>
        <span className={classes.setting} title="Of pass@k, with commas between">
          k
          <CommitInput
            aria-label="k of pass@k"
            w={76}
            value={settings.k}
            onCommit={(text) => onChange({ k: text || undefined })}
          />
        </span>
        <Button aria-pressed={isTable} onClick={() => onChange({ view: isTable ? undefined : "table" })}>
          {isTable ? "Curve" : "Table"}
        </Button>
        <Button
          component={Link}
          to={`/runs/compare?base=${encodeURIComponent(name)}`}
          leftSection={<Icon name="swap" size={14} />}
        >
          Compare
        </Button>
        <Button
          component={Link}
          to={`/traces?${new URLSearchParams({ query: `run:${quoteValue(name)}` })}`}
          leftSection={<Icon name="list" size={14} />}
        >
          Traces
        </Button>
      </div>
    </header>
  );
}

/** Characters of all names beyond which they don't fit side by side on a narrow page, and how many names do. */
const MOST_CHARACTERS = 36;
const MOST_NAMES = 4;

function SplitChoice({ splits, split, onChange }: Pick<RunHeaderProps, "splits" | "split" | "onChange">) {
  const control = {
    "aria-label": "Split",
    data: splits.map((one) => ({ value: splitToAddress(one), label: one ?? "no split" })),
    value: splitToAddress(split),
  };
  const choose = (next: string) =>
    onChange({ split: next, step: undefined, group: undefined, sample: undefined });
  const fit = splits.length <= MOST_NAMES && splits.join("").length <= MOST_CHARACTERS;
  return fit ? (
    <SegmentedControl size="xs" {...control} onChange={choose} />
  ) : (
    <Select
      {...control}
      w={220}
      classNames={{ option: classes.split }}
      allowDeselect={false}
      onChange={(next) => next !== null && choose(next)}
    />
  );
}

function ago(instant: string): string {
  const age = formatAge(instant, Date.now());
  return age === "now" ? "active now" : `active ${age} ago`;
}

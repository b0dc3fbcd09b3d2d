import { Tooltip } from "@mantine/core";
import type { Score } from "../../contract/trace.ts";
import { formatScore } from "../text/figures.ts";
import classes from "./ScoreChip.module.css";
import { type Verdict, verdictColour } from "./step-scores.ts";

/** A score in few characters; who gave it, and why, when it is pointed at. */
export function ScoreChip({ score, verdict }: { score: Score; verdict: Verdict }) {
  const { name, value, status, by, comment } = score;
  const origin = [by && `by ${by}`, comment].filter(Boolean).join(": ");
  const chip = (
    <span className={classes.chip} style={{ color: verdictColour[verdict] }}>
      {name} {value === null ? status : formatScore(value)}
    </span>
  );
  return origin === "" ? chip : <Tooltip label={origin}>{chip}</Tooltip>;
}

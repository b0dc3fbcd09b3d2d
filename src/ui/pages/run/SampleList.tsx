import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Sample } from "../../../contract/groups.ts";
import { ScoreDot } from "../../figures/ScoreDot.tsx";
import { formatScore, formatShort } from "../../text/figures.ts";
import classes from "./SampleList.module.css";

interface SampleListProps {
  samples: readonly Sample[];
  threshold: number;
  chosen: string | undefined;
  onChoose(id: string): void;
  /** Asks for more; undefined when there are none. */
  onMore: (() => void) | undefined;
}

export function SampleList({ samples, threshold, chosen, onChoose, onMore }: SampleListProps) {
  const list = useRef<HTMLUListElement>(null);
  const least = Math.min(0, ...samples.map(({ score }) => score ?? 0));
  useEffect(() => {
    if (chosen !== undefined)
      list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ul ref={list} className={classes.samples} aria-label="Samples">
      {samples.map((sample, at) => {
        const { id, score, sample_index, completion_tokens, finish_reason, answer_excerpt } = sample;
        return (
          <li key={id}>
            <button
              type="button"
              className={classes.sample}
              aria-current={id === chosen}
              onClick={() => onChoose(id)}
            >
              <svg width={12} height={12} aria-hidden="true">
                <ScoreDot score={score} threshold={threshold} least={least} x={6} y={6} radius={4.5} />
              </svg>
              <span className={classes.index}>{sample_index ?? at + 1}</span>
              <span className={classes.score}>
                {score === null ? "no score" : formatScore(score)}
                <span className="unseen">
                  {score === null ? "" : score >= threshold ? " correct" : " not correct"}
                </span>
              </span>
              <span className={classes.tokens}>
                {completion_tokens !== null && formatShort(completion_tokens)}
                {finish_reason === "length" && <span title="Cut off by its length"> ✂</span>}
              </span>
              <span className={classes.answer}>
                {answer_excerpt ?? (finish_reason === "length" ? "cut off" : "no answer")}
              </span>
            </button>
          </li>
        );
      })}
      {onMore && (
        <li>
          <Button fullWidth onClick={onMore}>
            More samples
          </Button>
        </li>
      )}
    </ul>
  );
}

import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { scoreNames } from "../api/runs.ts";

interface ScoreSelectProps {
  run: string;
  score: string;
  onScore(score: string): void;
}

/** The scores that a run's traces have. */
export function ScoreSelect({ run, score, onScore }: ScoreSelectProps) {
  const names = useQuery(scoreNames(run));
  return (
    <Select
      aria-label="Score"
      w={130}
      data={[...new Set(["reward", score, ...(names.data ?? [])])]}
      value={score}
      allowDeselect={false}
      onChange={(name) => name !== null && onScore(name)}
    />
  );
}

import { useQuery } from "@tanstack/react-query";
import { scoreNames } from "../api/runs.ts";

/** The score that a run's figures are of: the chosen one, else the reward, or what a run without rewards has instead. */
export function useScore(run: string | undefined, chosen: string | undefined): string {
  const names = useQuery({
    ...scoreNames(run ?? ""),
    enabled: run !== undefined && chosen === undefined,
  }).data;
  return chosen ?? defaultScore(names);
}

export function defaultScore(names: readonly string[] | undefined): string {
  const [first] = names ?? [];
  return first === undefined || names?.includes("reward") ? "reward" : first;
}

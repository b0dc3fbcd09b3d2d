import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import classes from "./ColumnMapper.module.css";
import { readHead, readPaths } from "./read-head.ts";

const targets: [target: string, what: string][] = [
  ["prompt", "What the model was asked"],
  ["completion", "What it wrote, thinking and answer together"],
  ["answer", "Its final answer"],
  ["steps", "A list of steps"],
  ["expected", "The answer known to be right"],
  ["reward", "The reward"],
  ["group", "Names the prompt: samples of one prompt form a group"],
  ["model", "The model"],
  ["source", "Where it is from"],
];

interface ColumnMapperProps {
  file: File;
  onMap(map: string): void;
}

/** For a format that is not known: says which member of a record goes where in a trace. */
export function ColumnMapper({ file, onMap }: ColumnMapperProps) {
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const paths = useQuery({
    queryKey: ["import", "paths", file.name, file.lastModified, file.size],
    queryFn: async () => readPaths((await readHead(file)) ?? file.slice(0, 65_536), file.name),
    gcTime: 0,
  });
  const entries = targets.flatMap(([target]) => (chosen[target] ? [`${target}=${chosen[target]}`] : []));
  const isWhole = Boolean(chosen.prompt);
  return (
    <form
      className={classes.mapper}
      onSubmit={(event) => {
        event.preventDefault();
        onMap(entries.join(","));
      }}
    >
      <h3>This is no format that is known here. What is what?</h3>
      {targets.map(([target, what]) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: either control stands within it
        <label key={target} className={classes.line}>
          <span className={classes.target}>{target}</span>
          {paths.data?.length === 0 ? (
            <input
              value={chosen[target] ?? ""}
              placeholder="path"
              onChange={(event) => setChosen({ ...chosen, [target]: event.currentTarget.value })}
            />
          ) : (
            <select
              value={chosen[target] ?? ""}
              onChange={(event) => setChosen({ ...chosen, [target]: event.currentTarget.value })}
            >
              <option value="">not there</option>
              {paths.data?.map((path) => (
                <option key={path}>{path}</option>
              ))}
            </select>
          )}
          <span className={classes.what}>{what}</span>
        </label>
      ))}
      <Button type="submit" disabled={!isWhole}>
        Look at the traces this makes
      </Button>
      <p className={classes.what}>What is not named here is kept in the trace's meta.</p>
    </form>
  );
}

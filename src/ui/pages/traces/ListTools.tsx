import { Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { type Parameters, toUrl } from "../../api/request.ts";
import { DeleteTraces } from "../../deleting/DeleteTraces.tsx";
import { Icon } from "../../icons/Icon.tsx";
import { formatCount } from "../../text/figures.ts";
import classes from "./ListTools.module.css";

interface ListToolsProps {
  filters: Parameters;
  /** How many traces there are, once that is known. */
  loaded: string;
  selected: ReadonlySet<string>;
  onRefresh(): void;
  onDeleted(): void;
}

/** What can be done with the list, or with what is selected of it. */
export function ListTools({ filters, loaded, selected, onRefresh, onDeleted }: ListToolsProps) {
  const [deleting, setDeleting] = useState<readonly string[]>([]);
  const ids = [...selected];
  return (
    <div className={classes.tools}>
      {ids.length === 0 ? (
        <>
          {loaded !== "" && <output className={classes.count}>{formatCount(Number(loaded))} traces</output>}
          <Tooltip label="All traces of this list, as lines of JSON">
            <Button
              component="a"
              href={toUrl("/api/exports", { ...filters, sort: undefined })}
              download="traces.jsonl"
              leftSection={<Icon name="download" size={14} />}
            >
              Export
            </Button>
          </Tooltip>
          <Button onClick={onRefresh} leftSection={<Icon name="refresh" size={14} />}>
            Refresh
          </Button>
        </>
      ) : (
        <>
          <output className={classes.count}>{formatCount(ids.length)} selected</output>
          <Button
            component="a"
            href={toUrl("/api/exports", { id: ids })}
            download="traces.jsonl"
            leftSection={<Icon name="download" size={14} />}
          >
            Export
          </Button>
          <Button onClick={() => setDeleting(ids)} leftSection={<Icon name="trash" size={14} />}>
            Delete
          </Button>
        </>
      )}
      <DeleteTraces ids={deleting} onClose={() => setDeleting([])} onDeleted={onDeleted} />
    </div>
  );
}

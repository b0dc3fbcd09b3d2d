import { Button, NativeSelect, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { TraceSort } from "../../../contract/pages.ts";
import { type Parameters, toUrl } from "../../api/request.ts";
import { DeleteTraces } from "../../deleting/DeleteTraces.tsx";
import { Icon } from "../../icons/Icon.tsx";
import type { ParsedQuery } from "../../search-bar/parse-query.ts";
import { formatCount } from "../../text/figures.ts";
import classes from "./ListTools.module.css";

const sorts: Record<TraceSort, string> = {
  newest: "Newest first",
  oldest: "Oldest first",
  most_steps: "Most steps first",
  fewest_steps: "Fewest steps first",
  longest: "Longest first",
  shortest: "Shortest first",
  most_tokens: "Most tokens first",
  fewest_tokens: "Fewest tokens first",
  reward_high: "Highest reward first",
  reward_low: "Lowest reward first",
};

const MEND_FIRST = "Mend the search bar first";

interface ListToolsProps {
  query: string;
  parsed: ParsedQuery;
  /** The server can't read the filters. */
  isRefused: boolean;
  sort: TraceSort;
  onSort(sort: TraceSort): void;
  /** How many traces there are, once that is known. */
  loaded: string;
  onRefresh(): void;
  onDeleted(): void;
}

/** What can be done with the whole list. */
export function ListTools(props: ListToolsProps) {
  const { query, parsed, isRefused, sort, onSort, loaded, onRefresh, onDeleted } = props;
  const [isDeleting, setDeleting] = useState(false);
  const { parameters, problems } = parsed;
  // What could not be read would be left out of what is deleted or exported by.
  const isUnread = problems.length > 0 || isRefused;
  const isEverything = Object.keys(parameters).length === 0;
  return (
    <div className={classes.tools}>
      {loaded !== "" && <output className={classes.count}>{formatCount(Number(loaded))} traces</output>}
      <NativeSelect
        size="xs"
        aria-label="Order"
        value={sort}
        onChange={(event) => onSort(event.currentTarget.value as TraceSort)}
        data={Object.entries(sorts).map(([value, label]) => ({ value, label }))}
      />
      <Tooltip label={isUnread ? MEND_FIRST : "All traces of this list, as lines of JSON"}>
        <Button
          component="a"
          {...(isUnread
            ? { role: "link", "aria-disabled": true, "data-disabled": true }
            : { href: toUrl("/api/exports", parameters), download: "traces.jsonl" })}
          leftSection={<Icon name="download" size={14} />}
        >
          Export
        </Button>
      </Tooltip>
      <Tooltip
        label={
          isUnread
            ? MEND_FIRST
            : isEverything
              ? "Say in the search bar which traces first"
              : "All traces of this list"
        }
      >
        <Button
          {...((isUnread || isEverything) && { "data-disabled": true })}
          aria-disabled={isUnread || isEverything}
          onClick={() => !isUnread && !isEverything && setDeleting(true)}
          leftSection={<Icon name="trash" size={14} />}
        >
          Delete all
        </Button>
      </Tooltip>
      <Button onClick={onRefresh} leftSection={<Icon name="refresh" size={14} />}>
        Refresh
      </Button>
      <DeleteTraces
        filters={isDeleting ? parameters : undefined}
        which={query}
        onClose={() => setDeleting(false)}
        onDeleted={onDeleted}
      />
    </div>
  );
}

interface SelectionToolsProps {
  selected: ReadonlySet<string>;
  /** No more can be selected. */
  isFull: boolean;
  onClear(): void;
  onDeleted(): void;
}

/** What can be done with the traces that were selected one by one. */
export function SelectionTools({ selected, isFull, onClear, onDeleted }: SelectionToolsProps) {
  const [deleting, setDeleting] = useState<Parameters>();
  const id = [...selected];
  const [base, other] = id;
  return (
    <div className={classes.tools}>
      <output className={classes.count}>
        {formatCount(id.length)} selected{isFull && ", the most at once: a filter can name more"}
      </output>
      {id.length === 2 && base !== undefined && other !== undefined && (
        <Button
          renderRoot={(props) => <Link to="/compare" search={{ base, other }} {...props} />}
          leftSection={<Icon name="swap" size={14} />}
        >
          Compare
        </Button>
      )}
      <Button
        component="a"
        href={toUrl("/api/exports", { id })}
        download="traces.jsonl"
        leftSection={<Icon name="download" size={14} />}
      >
        Export
      </Button>
      <Button onClick={() => setDeleting({ id })} leftSection={<Icon name="trash" size={14} />}>
        Delete
      </Button>
      <Button onClick={onClear}>Clear</Button>
      <DeleteTraces filters={deleting} onClose={() => setDeleting(undefined)} onDeleted={onDeleted} />
    </div>
  );
}

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Notice } from "../../notices/Notice.tsx";

export function EmptyList({ isFiltered, onClear }: { isFiltered: boolean; onClear(): void }) {
  if (isFiltered) {
    return (
      <Notice title="No trace passes these filters" detail="Take one out of the search bar, or all of them.">
        <Button onClick={onClear}>Show all traces</Button>
      </Notice>
    );
  }
  return (
    <Notice
      title="No traces yet"
      detail={
        <>
          Drop a file or paste a trace on the page <Link to="/add">Add</Link>, or import files on the command
          line: <code>npx tunix-rt import traces.jsonl</code>
        </>
      }
    >
      <Link to="/add">Add the first traces</Link>
    </Notice>
  );
}

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { Trace11 } from "../../../contract/trace.ts";
import { traceText } from "../../api/traces.ts";
import { DeleteTraces } from "../../deleting/DeleteTraces.tsx";
import { Icon } from "../../icons/Icon.tsx";
import { copyText } from "../../transcript/copy-text.ts";
import classes from "./TraceHeader.module.css";

interface TraceHeaderProps {
  id: string;
  trace: Trace11;
  isJson: boolean;
  onJson(isJson: boolean): void;
}

export function TraceHeader({ id, trace, isJson, onJson }: TraceHeaderProps) {
  const [isDeleting, setDeleting] = useState(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const { history } = useRouter();
  const goBack = () => (history.canGoBack() ? history.back() : navigate({ to: "/traces" }));
  const copyJson = async () => copyText(await queryClient.fetchQuery(traceText(id)));
  return (
    <header className={classes.header}>
      <Link
        to="/traces"
        className={classes.back}
        aria-label="Back to the list"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          goBack();
        }}
      >
        ←
      </Link>
      <h1 className={classes.title}>{trace.prompt.slice(0, 300)}</h1>
      <div className={classes.actions}>
        <Button onClick={() => onJson(!isJson)} aria-pressed={isJson}>
          {isJson ? "Read" : "JSON"}
        </Button>
        <Button
          renderRoot={(props) => <Link to="/compare" search={{ base: id }} {...props} />}
          leftSection={<Icon name="swap" size={14} />}
        >
          Compare with …
        </Button>
        <Button onClick={copyJson} leftSection={<Icon name="copy" size={14} />}>
          Copy JSON
        </Button>
        <Button onClick={() => setDeleting(true)} leftSection={<Icon name="trash" size={14} />}>
          Delete
        </Button>
      </div>
      <DeleteTraces
        filters={isDeleting ? { id: [id] } : undefined}
        onClose={() => setDeleting(false)}
        onDeleted={() => navigate({ to: "/traces" })}
      />
    </header>
  );
}

import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import type { TraceCreated } from "../../../contract/pages.ts";
import { exampleTrace } from "../../adding/example-trace.ts";
import { ApiError, send } from "../../api/request.ts";
import { JsonEditor } from "../../json-editor/JsonEditor.tsx";
import { formatPlural } from "../../text/figures.ts";
import { checkTraceText, type Fault, placeIssues } from "./check-trace-text.ts";
import classes from "./WriteTrace.module.css";

const DRAFT = "tunix-rt.draft";

export function WriteTrace() {
  const [text, setText] = useState(readDraft);
  const queryClient = useQueryClient();
  const upload = useMutation({
    mutationFn: async (body: string) => {
      const response = await send("POST", "/api/traces", { body });
      return { ...((await response.json()) as TraceCreated), isNew: response.status === 201 };
    },
    onSuccess: () => queryClient.resetQueries({ queryKey: ["traces", "page"] }),
  });
  const change = (next: string) => {
    setText(next);
    writeDraft(next);
    if (!upload.isIdle) upload.reset();
  };
  const checked = useDeferredValue(text);
  const found = useMemo(() => checkTraceText(checked), [checked]);
  const problem = upload.error instanceof ApiError ? upload.error.problem : undefined;
  const faults = useMemo(
    () => (problem?.errors === undefined ? found : placeIssues(text, problem.errors)),
    [found, problem, text],
  );
  const diagnostics = useMemo(
    () => faults.map(({ from, to, message }) => ({ from, to, message, severity: "error" as const })),
    [faults],
  );
  const isEmpty = text.trim() === "";
  return (
    <div className={classes.writer}>
      <div className={classes.tools}>
        <Button onClick={() => change(exampleTrace)}>Load example</Button>
        <Button
          variant="filled"
          disabled={isEmpty || found.length > 0}
          loading={upload.isPending}
          onClick={() => upload.mutate(text)}
        >
          Upload
        </Button>
        <Outcome isEmpty={isEmpty} faults={faults} upload={upload} />
      </div>
      <div className={classes.editor}>
        <JsonEditor text={text} label="A trace as JSON" onChange={change} faults={diagnostics} />
      </div>
      {faults.length > 0 && (
        <ul className={classes.faults} aria-label="Faults">
          {faults.slice(0, 20).map(({ pointer, message }) => (
            <li key={`${pointer} ${message}`}>
              <code>{pointer || "/"}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface OutcomeProps {
  isEmpty: boolean;
  faults: readonly Fault[];
  upload: { data: { id: string; isNew: boolean } | undefined; error: Error | null };
}

function Outcome({ isEmpty, faults, upload: { data, error } }: OutcomeProps) {
  if (data !== undefined) {
    return (
      <p className={classes.good} role="status">
        {data.isNew ? "Stored." : "It was stored already."}{" "}
        <Link to="/traces/$id" params={{ id: data.id }}>
          Open the trace
        </Link>
      </p>
    );
  }
  if (error !== null) {
    return (
      <p className={classes.bad} role="alert">
        {error.message}
      </p>
    );
  }
  if (isEmpty) return <p className={classes.note}>Paste a trace, or begin with the example.</p>;
  return (
    <p className={faults.length > 0 ? classes.bad : classes.note} role="status">
      {faults.length > 0 ? formatPlural(faults.length, "fault") : "Valid"}
    </p>
  );
}

function readDraft(): string {
  try {
    return sessionStorage.getItem(DRAFT) ?? "";
  } catch {
    return "";
  }
}

function writeDraft(text: string): void {
  try {
    sessionStorage.setItem(DRAFT, text);
  } catch {
    // Too long to keep; it stays in the editor.
  }
}

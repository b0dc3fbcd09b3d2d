import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { traceText } from "../../api/traces.ts";
import { indentJson } from "../../json-editor/indent-json.ts";
import { JsonEditor } from "../../json-editor/JsonEditor.tsx";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";

/** The trace as it was sent, laid out in lines. */
export function JsonView({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(traceText(id));
  const text = useMemo(() => (data === undefined ? "" : indentJson(data)), [data]);
  if (error) return <ErrorNotice title="The trace could not be read" error={error} onRetry={refetch} />;
  return <JsonEditor text={text} label="The trace as JSON" />;
}

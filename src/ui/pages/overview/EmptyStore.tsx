// How a store is filled: a file, the command line, or an example to begin with.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { TraceCreated } from "../../../contract/pages.ts";
import { DropZone } from "../../adding/DropZone.tsx";
import { droppedFile } from "../../adding/dropped-file.ts";
import { exampleTrace } from "../../adding/example-trace.ts";
import { send } from "../../api/request.ts";
import classes from "./EmptyStore.module.css";

export function EmptyStore() {
  const navigate = useNavigate();
  const example = useMutation({
    mutationFn: async () => {
      const response = await send("POST", "/api/traces", { body: exampleTrace });
      return (await response.json()) as TraceCreated;
    },
    onSuccess: ({ id }) => navigate({ to: "/traces/$id", params: { id } }),
  });
  return (
    <div className={classes.page}>
      <h1>No traces yet</h1>
      <DropZone
        onFile={(file) => {
          droppedFile.put(file);
          navigate({ to: "/add" });
        }}
      />
      <div className={classes.ways}>
        <section>
          <h2>On the command line</h2>
          <p>Files of any size, several at once, or what another program prints.</p>
          <pre>npx tunix-rt import traces.jsonl</pre>
        </section>
        <section>
          <h2>With an example</h2>
          <p>A short trace with mathematics, a reference answer and a reward.</p>
          <Button loading={example.isPending} onClick={() => example.mutate()}>
            Load the example
          </Button>
          {example.isError && (
            <p className={classes.bad} role="alert">
              {example.error.message}
            </p>
          )}
        </section>
        <section>
          <h2>By hand, or from a program</h2>
          <p>
            <Link to="/add" search={{ by: "hand" }}>
              Write or paste one trace
            </Link>
            , or post traces to the <a href="/api/docs">API</a>.
          </p>
        </section>
      </div>
    </div>
  );
}

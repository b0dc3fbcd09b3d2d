import { useQuery } from "@tanstack/react-query";
import { traceRead, traceScores } from "../../api/traces.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { TraceReader } from "../../transcript/TraceReader.tsx";
import classes from "./SampleReader.module.css";

interface SampleReaderProps {
  id: string;
  find: string | undefined;
  onFind(words: string | undefined): void;
}

export function SampleReader({ id, find, onFind }: SampleReaderProps) {
  const read = useQuery(traceRead(id));
  const scores = useQuery(traceScores(id));
  return (
    <div className={classes.reader}>
      {read.isError ? (
        <ErrorNotice title="The trace could not be read" error={read.error} onRetry={() => read.refetch()} />
      ) : (
        read.data && (
          <TraceReader
            key={id}
            trace={read.data.payload}
            scores={scores.data?.data ?? []}
            find={find}
            onFind={onFind}
            isPeek
          />
        )
      )}
    </div>
  );
}

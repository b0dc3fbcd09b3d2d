// A file on its way in: chosen, looked at, sent, reported.
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { ImportReport } from "../../../contract/imports.ts";
import { DropZone } from "../../adding/DropZone.tsx";
import { droppedFile } from "../../adding/dropped-file.ts";
import { ApiError, send } from "../../api/request.ts";
import { formatBytes } from "../../text/figures.ts";
import { ColumnMapper } from "./ColumnMapper.tsx";
import classes from "./ImportFile.module.css";
import { ImportOptions, isTrainStep, type Options } from "./ImportOptions.tsx";
import { ImportProgress, type Progress } from "./ImportProgress.tsx";
import { ImportResult } from "./ImportResult.tsx";
import { readHead } from "./read-head.ts";
import { contentType, ImportCancelled, type ImportRun, sendImport } from "./send-import.ts";
import { TracePreview } from "./TracePreview.tsx";

const PREVIEW = 3;

export function ImportFile() {
  const [file, setFile] = useState(droppedFile.peek);
  useEffect(() => droppedFile.forget, []);
  return (
    <div className={classes.page}>
      {file === undefined ? (
        <DropZone onFile={setFile} />
      ) : (
        <OneImport key={`${file.name} ${file.lastModified}`} file={file} onOther={() => setFile(undefined)} />
      )}
    </div>
  );
}

function OneImport({ file, onOther }: { file: File; onOther(): void }) {
  const [options, setOptions] = useState<Options>({ run: "", split: "", trainStep: "", isStrict: false });
  const [map, setMap] = useState<string>();
  const [progress, setProgress] = useState<Progress>();
  const [outcome, setOutcome] = useState<ImportReport | Error>();
  const run = useRef<ImportRun>(undefined);
  const queryClient = useQueryClient();
  const look = useQuery({
    queryKey: ["import", "look", file.name, file.lastModified, file.size, map],
    queryFn: ({ signal }) => lookInto(file, map, signal),
    retry: false,
    gcTime: 0,
  });
  const isUnknown = look.error instanceof ApiError && look.error.problem?.code === "unknown_format";

  const start = async () => {
    setOutcome(undefined);
    setProgress({ sent: 0, counts: undefined });
    const query = { ...toQuery(options), ...(map !== undefined && { map }) };
    run.current = sendImport(
      file,
      contentType(file.name),
      query,
      (sent) => setProgress((now) => now && { ...now, sent }),
      (counts) => setProgress((now) => now && { ...now, counts }),
    );
    try {
      setOutcome(await run.current.report);
    } catch (error) {
      setOutcome(error as Error);
    }
    setProgress(undefined);
    queryClient.resetQueries({ queryKey: ["traces", "page"] });
  };

  return (
    <section className={classes.import} aria-label="Import">
      <header className={classes.file}>
        <div>
          <h2>{file.name}</h2>
          <p>
            {formatBytes(file.size)}
            {look.data?.report && ` · format: ${look.data.report.format ?? "empty"}`}
          </p>
        </div>
        <Button onClick={onOther} disabled={progress !== undefined}>
          Another file
        </Button>
      </header>
      {outcome === undefined && progress === undefined && (
        <>
          {look.isFetching && <p className={classes.note}>Looking into the file …</p>}
          {look.data?.report === undefined && look.isSuccess && (
            <p className={classes.note}>
              The file is too large to look into beforehand. Its format is recognised when it is imported.
            </p>
          )}
          {look.isError && !isUnknown && (
            <p className={classes.bad} role="alert">
              {look.error.message}
            </p>
          )}
          {(isUnknown || map !== undefined) && <ColumnMapper file={file} onMap={setMap} />}
          {look.data?.report && <TracePreview report={look.data.report} />}
          <ImportOptions options={options} onChange={setOptions} />
          <Button
            variant="filled"
            size="sm"
            disabled={isUnknown || look.isFetching || !isTrainStep(options.trainStep)}
            onClick={start}
          >
            Import {file.name}
          </Button>
        </>
      )}
      {progress && (
        <ImportProgress progress={progress} size={file.size} onCancel={() => run.current?.cancel()} />
      )}
      {outcome && (
        <ImportResult
          outcome={outcome}
          isCancelled={outcome instanceof ImportCancelled}
          run={options.run}
          onAgain={() => setOutcome(undefined)}
        />
      )}
    </section>
  );
}

function toQuery({ run, split, trainStep, isStrict }: Options) {
  return {
    ...(run !== "" && { run }),
    ...(split !== "" && { split }),
    ...(trainStep !== "" && { train_step: Number(trainStep) }),
    ...(isStrict && { on_error: "abort" as const }),
  };
}

/** Reads the beginning of the file as the import would, and stores nothing. */
async function lookInto(
  file: File,
  map: string | undefined,
  signal: AbortSignal,
): Promise<{ report: ImportReport | undefined }> {
  const head = await readHead(file);
  if (head === undefined) return { report: undefined };
  const response = await send("POST", "/api/imports", {
    parameters: { dry_run: "true", preview: PREVIEW, map },
    body: head,
    type: contentType(file.name),
    signal,
  });
  return { report: (await response.json()) as ImportReport };
}

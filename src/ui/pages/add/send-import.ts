// An import as it runs. By XMLHttpRequest, because fetch tells nothing of how much of a body has been sent.

import type { ImportQuery, ImportReport } from "../../../contract/imports.ts";
import type { Problem } from "../../../contract/pages.ts";
import { ApiError, type Parameters, toError, toUrl } from "../../api/request.ts";

export type Counts = Omit<ImportReport, "errors">;

export interface ImportRun {
  /** Resolves when everything is stored; rejects with an ApiError, or with what the signal was aborted with. */
  report: Promise<ImportReport>;
  cancel(): void;
}

const types: Record<string, string> = {
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  parquet: "application/vnd.apache.parquet",
  gz: "application/gzip",
};

/** What a file's name says about its content; the server looks at whatever is not declared. */
export function contentType(fileName: string): string {
  return types[fileName.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

export class ImportCancelled extends Error {}

/** `onSent` is told of bytes, `onCounts` of what the server has read and stored so far. */
export function sendImport(
  file: Blob,
  type: string,
  query: ImportQuery,
  onSent: (bytes: number) => void,
  onCounts: (counts: Counts) => void,
): ImportRun {
  const request = new XMLHttpRequest();
  const report = new Promise<ImportReport>((resolve, reject) => {
    request.open("POST", toUrl("/api/imports", query as Parameters));
    request.setRequestHeader("content-type", type);
    request.setRequestHeader("accept", "application/x-ndjson");
    request.upload.onprogress = ({ loaded }) => onSent(loaded);
    let last: ImportReport | Problem | undefined;
    let read = 0;
    const readLines = () => {
      const end = request.responseText.lastIndexOf("\n") + 1;
      for (const line of request.responseText.slice(read, end).split("\n")) {
        if (line === "") continue;
        const value = JSON.parse(line) as { progress?: Counts } & ImportReport;
        if (value.progress === undefined) last = value;
        else onCounts(value.progress);
      }
      read = Math.max(read, end);
    };
    request.onprogress = () => request.status === 200 && readLines();
    request.onload = () => {
      if (request.status !== 200) return reject(toError(request.status, request.responseText));
      readLines();
      if (last === undefined) reject(new ApiError(0, "The answer broke off; import the file again"));
      else if ("code" in last) reject(new ApiError(last.status, last.detail, last));
      else resolve(last as ImportReport);
    };
    request.onerror = () =>
      reject(new ApiError(0, "The connection broke off. Import the file again: nothing is stored twice."));
    request.onabort = () => reject(new ImportCancelled());
    request.send(file);
  });
  return { report, cancel: () => request.abort() };
}
